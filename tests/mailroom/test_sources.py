from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from zipreader.errors import InputError, UsageError
from zipreader.mailroom.sources import Folder, Places, listed, takes_in


@pytest.fixture
def mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder ``mail``, in the working folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("b.JPG", "a.tiff", "notes.txt", ".hidden.png", "in/c.pdf", "in/deep/d.heic"):
        path = tmp_path / "mail" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "mail"


def test_a_folder_gives_its_pictures_and_those_in_its_folders(mail: Path) -> None:
    folder = Folder("mail")
    assert [file.path for file in folder] == [
        "mail/a.tiff",
        "mail/b.JPG",
        "mail/in/c.pdf",
        "mail/in/deep/d.heic",
    ]
    assert folder.left_out == 1


def test_a_file_knows_its_identity(mail: Path) -> None:
    file = next(iter(Folder("mail")))
    status = (mail / "a.tiff").stat()
    assert file.identity.path == str(mail / "a.tiff")
    assert (file.identity.size, file.identity.mtime_ns) == (status.st_size, status.st_mtime_ns)


def test_links_to_folders_are_not_followed(mail: Path) -> None:
    (mail / "round").symlink_to(mail)
    assert len(list(Folder("mail"))) == 4


def test_pipes_and_dead_links_are_no_mail(mail: Path) -> None:
    os.mkfifo(mail / "pipe.png")
    (mail / "dead.png").symlink_to("nowhere")
    assert len(list(Folder("mail"))) == 4


def test_a_link_that_leads_in_a_circle_is_one_file_that_fails(mail: Path) -> None:
    before = [file.path for file in Folder("mail")]
    (mail / "circle.png").symlink_to("circle.png")
    assert sorted(file.path for file in Folder("mail")) == sorted([*before, "mail/circle.png"])


@pytest.mark.parametrize(
    ("place", "folder", "taken"),
    [
        ("mail", "mail/look", True),
        ("mail", "look", False),
        ("mail", "mail-look", False),
        ("mail/**/*.tif", "mail/look", True),
        ("mail/*", "mail/look/deep", True),
        ("mail/*/*.tif", "mail/look", True),
        ("mail/*.tif", "mail/look", False),
        ("mail/in*/**/*.tif", "mail/look", False),
        ("mail/**/*.tif", "look", False),
        ("mail/[1].png", "mail/look", False),
    ],
)
def test_what_a_place_takes_in(mail: Path, place: str, folder: str, taken: bool) -> None:
    assert takes_in(place, Path(folder)) is taken


@pytest.mark.skipif(os.geteuid() == 0, reason="root may list every folder")
def test_a_folder_that_cannot_be_listed_is_a_file_that_failed(mail: Path) -> None:
    (mail / "in").chmod(0)
    problems = [file for file in Folder("mail") if file.problem]
    (mail / "in").chmod(0o700)
    assert [file.path for file in problems] == ["mail/in"]


def test_a_folder_that_has_gone_is_a_file_that_failed(mail: Path) -> None:
    (gone,) = Folder("mail/gone")
    assert gone.problem == "the folder cannot be listed (No such file or directory)"


def test_files_folders_and_globs(mail: Path) -> None:
    places = Places(["mail/in", "mail/*.[tJ][iP]*", "mail/notes.txt", "mail/**/*.pdf"])
    assert [file.path for file in places] == [
        "mail/in/c.pdf",
        "mail/in/deep/d.heic",
        "mail/a.tiff",
        "mail/b.JPG",
        "mail/notes.txt",
        "mail/in/c.pdf",
    ]


def test_a_file_whose_name_looks_like_a_glob_is_that_file(mail: Path) -> None:
    (mail / "[a].png").touch()
    assert [file.path for file in Places(["mail/[a].png"])] == ["mail/[a].png"]


@pytest.mark.parametrize(
    ("name", "cause"),
    [("mial", "mial: no such file or folder"), ("mail/*.gif", "mail/*.gif: nothing matches")],
)
def test_a_place_that_is_not_there_is_said_at_once(mail: Path, name: str, cause: str) -> None:
    with pytest.raises(InputError) as error:
        Places(["mail", name])
    assert str(error.value) == cause


def test_what_is_left_out_is_counted_over_all_folders(mail: Path) -> None:
    places = Places(["mail", "mail"])
    list(places)
    assert places.left_out == 2
    list(places)
    assert places.left_out == 2, "not counted on"


def test_a_list_of_files(mail: Path) -> None:
    names = "mail/a.tiff\r\nmail/missing.png\n\nmail/in"
    files = list(listed(io.BytesIO(names.encode())))
    assert [file.path for file in files] == [
        "mail/a.tiff",
        "mail/missing.png",
        "mail/in/c.pdf",
        "mail/in/deep/d.heic",
    ]
    assert (files[1].identity.size, files[1].identity.mtime_ns) == (0, 0)


def test_a_list_is_read_as_it_is_needed(mail: Path) -> None:
    reader, writer = os.pipe()
    with open(reader, "rb") as stream:  # noqa: PTH123 - a pipe
        files = listed(stream)
        os.write(writer, b"mail/a.tiff\nmail/b")
        assert next(files).path == "mail/a.tiff"
        os.write(writer, b".JPG\n")
        assert next(files).path == "mail/b.JPG"
        os.close(writer)
        assert list(files) == []


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux")
def test_names_of_any_bytes_and_with_line_breaks(mail: Path) -> None:
    name = os.fsencode(mail) + b"/caf\xe9\n2.png"
    with open(name, "wb"):  # noqa: PTH123 - bytes
        pass
    (file,) = listed(io.BytesIO(name + b"\0"), b"\0")
    assert os.fsencode(file.path) == name
    assert file.identity.mtime_ns > 0
    assert file.path in [each.path for each in Folder(str(mail))]


def test_a_list_made_for_another_separator_is_refused(mail: Path) -> None:
    with pytest.raises(UsageError, match="--null"):
        list(listed(io.BytesIO(b"mail/a.tiff\0mail/b.JPG\0")))
