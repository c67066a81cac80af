from __future__ import annotations

from pathlib import Path

import pytest

from zipreader.errors import ModelError, UsageError

pytest.importorskip("keras")

# ruff: noqa: E402 - what needs Keras comes after the question whether it is there
from zipreader.training.further import commands_of, network_of
from zipreader.training.network import NetworkConfig, build_network


def test_the_network_of_a_folder_is_taken_up(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"model\.keras: missing; train --network medium first"):
        network_of(tmp_path, "model", "medium")
    (tmp_path / "model.keras").write_bytes(b"damaged")
    with pytest.raises(ModelError, match=r"model\.keras: damaged"):
        network_of(tmp_path, "model", "medium")
    network = build_network(NetworkConfig("tiny", ((4,), (6,)), places=2))
    network.save(tmp_path / "model.keras")
    taken = network_of(tmp_path, "model", "medium")
    ours, theirs = (each.get_weights()[0] for each in (taken, network))
    assert (ours == theirs).all()


def test_the_commands_are_told_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text('{"command": "first"}')
    assert commands_of(tmp_path, "model") == "first"
    (tmp_path / "model.json").write_text('{"before": "first", "command": "second"}')
    assert commands_of(tmp_path, "model") == "first; second"
    (tmp_path / "model.json").write_text("{}")
    with pytest.raises(ModelError, match=r"model\.json: missing or damaged description"):
        commands_of(tmp_path, "model")
