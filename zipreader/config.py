"""One frozen configuration a stage; lengths relative to digits or to inches.

``H`` is the height of a digit, ``w`` the width of a stroke.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ImageConfig:
    """Limits on what is decoded, and which stated resolutions are believed.

    ``max_side`` in pixels is what OpenCV can warp.  Stated resolutions count
    only within ``min_dpi`` to ``max_dpi``, and where one axis has no more than
    ``max_anisotropy`` times the resolution of the other.
    """

    max_pixels: int = 120_000_000
    max_side: int = 32_000
    max_pages: int = 10_000
    pdf_dpi: int = 300
    min_dpi: float = 50.0
    max_dpi: float = 2400.0
    max_anisotropy: float = 4.0


@dataclass(frozen=True, slots=True)
class PageConfig:
    """Finding, rectifying and levelling the envelope."""

    envelope_length: tuple[float, float] = (2.5, 18.0)
    """Possible lengths of the longer side, in inches; else the stated DPI is wrong."""
    usual_length: float = 9.0
    """Length assumed where no DPI is stated, in inches."""
    paper_reach: float = 0.12
    """Reach of the paper estimate, in inches: above the widest stroke."""
    bright_paper: float = 200
    """Paper above this level carries no light writing."""
    dark_paper: float = 130
    """What is above this level, on paper with light writing, may be a light label."""
    light_strokes: float = 0.6
    """Skewness, -1 to 1, of what stands out above which writing is lighter than paper."""
    outline_contrast: float = 14
    """Least difference between envelope and surroundings, in levels of 255."""
    outline_share: tuple[float, float] = (0.2, 0.97)
    """Share of the image that an envelope with surroundings fills."""
    outline_fit: float = 0.9
    """Least overlap of the outline with a quadrilateral."""
    sheet_dpi: float = 140
    """Least resolution of the page on which lines are found; finer scans are halved."""
    skew_dpi: float = 60
    """Resolution at which skew is measured."""
    skew_ink_level: int = 170
    """Flattened levels below are ink when skew is measured."""
    skew_ink_limit: int = 235
    """The same on a page of faint ink."""
    most_skew: float = 18
    """Largest skew looked for, in degrees."""
    least_skew: float = 0.3
    """Smaller skew is left, in degrees."""
    field_height: float = 0.3
    """Height of an image that is a ZIP field alone, in inches, where no DPI is stated."""
    field_paper_reach: float = 0.4
    """Reach of the paper estimate in such an image, in its heights."""
    landscape_bonus: float = 1.5
    """Lines run along the longer side so much more often."""


@dataclass(frozen=True, slots=True)
class LinesConfig:
    """Finding text lines; lengths in inches unless said otherwise."""

    dpi: float = 120
    """Resolution at which lines are found."""
    least_contrast: float = 26
    """Ink is at least so far below white, in levels of 255."""
    grain: float = 5.5
    """And so many standard deviations of the paper's grain below the paper."""
    grain_patch: float = 0.35
    """Side of the patches in which the grain is told."""
    share_of_peak: float = 0.27
    """Ink has at least this share of the contrast of its neighbourhood."""
    neighbourhood: float = 0.35
    speck: float = 0.03
    """Parts with both sides below are dropped."""
    tallest: float = 0.85
    widest: float = 3.2
    rule: tuple[float, float] = (0.6, 0.07)
    """Parts longer than the first and thinner than the second are rules."""
    rule_run: float = 0.2
    """A rule is level for so long at a time."""
    crossing: float = 0.045
    """A stroke that is at least so tall crosses a rule."""
    side: float = 0.12
    """What stands so tall at both ends of a rule are the sides of a box."""
    most_parts: int = 1500
    link_gap: float = 1.15
    """Neighbours in a line are at most so far apart, in heights of the taller."""
    join_gap: float = 4.5
    """Pieces of a line are joined over a gap of so many text heights."""
    entry: float = 11.0
    """State and ZIP together are so short, in text heights;"""
    entry_gap: float = 14.0
    """on forms they stand so far from the city."""
    bar_width: float = 0.045
    """Parts narrower than this may be bars of a barcode."""
    bars: int = 20
    """A line of so many parts, nearly all narrow, is a barcode."""


@dataclass(frozen=True, slots=True)
class LocateConfig:
    """Grouping lines into blocks and ranking them; places as shares of the page."""

    line_gap: float = 1.9
    """Lines of a block are at most so far apart, in text heights;"""
    free_gap: float = 2.7
    """those that are typed with a free line between, so far."""
    height_ratio: float = 2.2
    """Text heights of a block's lines differ by at most this factor."""
    place: tuple[float, float] = (0.55, 0.6)
    """Usual centre of the delivery address (DMM 202: right and below of the middle)."""
    place_spread: tuple[float, float] = (0.26, 0.24)
    return_corner: tuple[float, float] = (0.5, 0.34)
    """The return address lies left of and above this."""
    wide_barcode: float = 0.2
    """Below the address of a parcel label stands a barcode of so much of the page's width."""
    most_blocks: int = 8


@dataclass(frozen=True, slots=True)
class FieldsConfig:
    """Where in a block the ZIP may stand; lengths in heights of its digits."""

    line_weights: tuple[float, ...] = (1.0, 0.75, 0.45, 0.3, 0.2)
    """Weight of the last line, the one above it, and so on; of all others the last of these."""
    word_gap: float = 0.5
    """A wider space in the line, in text heights, parts two words."""
    shortest: float = 2.0
    """Five digits are at least so wide."""
    longest: float = 12.0
    """A ZIP+4 is at most so wide."""
    end_weights: tuple[float, ...] = (1.0, 0.8, 0.5)
    """Weights of the shortest end of a line that may be a ZIP, of one word more, and of all that
    a ZIP+4 may take."""
    narrow_gap: float = 0.2
    """A narrower space parts words of tight print too, where hardly any behind it is wider."""
    narrow_inside: tuple[float, float] = (0.6, 1.1)
    """So many times as wide are those at the most: the middle one, and any, as there is much
    space around a 1."""
    narrow_lengths: tuple[tuple[float, float], ...] = ((2.0, 5.0), (5.0, 9.0))
    """Lengths of a ZIP and of a ZIP+4; where no word has them such a space is looked for."""
    narrow_weight: float = 0.9
    """Weight of an end that is parted so."""
    long_weight: float = 0.6
    """Weight of an end that is longer than a ZIP+4 of usual spacing."""


@dataclass(frozen=True, slots=True)
class SearchConfig:
    """How many fields are read; probabilities are those of the best hypothesis so far."""

    certain: float = 0.95
    """With such a probability no further field is read."""
    least_spelled: float = 5e-4
    """A field that does not spell a ZIP with this probability is not cut."""
    clearly_spelled: float = 0.8
    """One that does so with this probability is read before others are spelled."""
    least_promise: float = 0.1
    """A field is not cut that promises less than this share of what was read already."""
    likely: float = 0.75
    """With such a probability wider fields around the same digits are not read."""
    upright: float = 0.8
    """With such a probability no further orientation is tried,"""
    hopeful: float = 0.3
    """and with such a one none in which the lines run across."""
    first_fields: int = 6
    """So many are tried in each orientation, before the best one is read to its end."""
    least_share: float = 0.35
    """Fields with less than this share of the best field's score are read last,"""
    last_fields: int = 6
    """so many of them, where there is no hope else."""
    comparable: float = 0.2
    """An address whose place has this share of the best one's score may be meant as well."""
    rival_spelled: float = 0.3
    """One that spells a ZIP with this probability is read."""
    rival: float = 0.2
    """A ZIP of such a probability in another address is a rival, and its own must have words."""


@dataclass(frozen=True, slots=True)
class SegmentConfig:
    """Over-segmentation of a ZIP field."""

    digit_height: int = 56
    """H in field pixels, to which every field is scaled."""
    margin: float = 0.2
    """Paper kept around the field, in H."""
    paper_reach: float = 0.6
    """Reach of the paper estimate, in H: above the widest stroke."""
    rule_length: float = 2.2
    """A horizontal run at least so long, in H, may be a ruled line."""
    rule_slopes: tuple[float, ...] = (0.0, -0.015, 0.015, -0.03, 0.03, -0.045, 0.045)
    """Slopes at which ruled lines are looked for."""
    frame_length: float = 1.7
    """A vertical run at least so long, in H, may be the side of a box."""
    frame_heights: tuple[float, float] = (1.05, 2.6)
    """Rules so far apart, in H, may be the top and the bottom of a box."""
    frame_share: float = 0.9
    """Then a vertical run of this share of their distance is a side of the box."""
    rule_thickness: float = 1.6
    """A ruled line is at most so thick, in w."""
    speck: float = 0.002
    """Components of less ink than this, in H*H, are dropped."""
    tall: tuple[float, float] = (0.5, 2.2)
    """Components of such a height, in H, say between which rows the digits stand."""
    band_margin: float = 0.12
    """Parts that lie farther than this, in H, above or below those rows are dropped."""
    cut_width: float = 0.42
    """Components wider than this, in H, are cut."""
    cut_cost: float = 3.0
    """A seam crosses at most so much ink, in w."""
    cut_distance: float = 0.12
    """Seams lie at least so far apart, in H."""
    cut_slope: float = 0.3
    """Cost of a diagonal step of a seam, in full-ink pixels."""
    most_primitives: int = 40
    """A field with more is noise; the smallest parts are dropped."""
    run: int = 6
    """Neighbouring primitives that may form one glyph."""
    widest: float = 1.8
    """A glyph is at most so wide, in H."""
    lowest: float = 0.3
    """A glyph is at least so high, in H."""
    highest: float = 2.2
    """A glyph is at most so high, in H."""
    dot: float = 2.0
    """Parts of less ink than this, in w*w, are dots, of which a run may hold more."""
    severed_weight: float = 1.0
    """Weight of cut ink, in w, against the shape when too many glyphs are offered."""
    most_glyphs: int = 50
    """Candidates kept in a field, the least likely dropped first."""


@dataclass(frozen=True, slots=True)
class SpellConfig:
    """Reading of a field without cutting it."""

    zips: int = 3
    """The likeliest ones are looked for in the cuts too."""
    least: float = 5e-4
    """Where five or nine digits are less likely none are looked for."""
    sizes: tuple[float, ...] = (1.1, 0.9)
    """A field that is cut is spelled in these sizes besides its own, by both networks."""


@dataclass(frozen=True, slots=True)
class DecodeConfig:
    """Best paths through the lattice; costs are negative natural logarithms."""

    most_cost: float = 7.0
    """A digit that costs more is not followed."""
    digits_per_glyph: int = 3
    """Classes of a glyph that are followed."""
    beam: int = 5
    """Partial paths kept a state."""
    hypotheses: int = 6
    """Hypotheses returned a field."""
    most_behind: float = 6.0
    """A hypothesis that costs so much more than the best is not returned."""
    height_spread: float = 0.22
    """Spread of log(height / H) of digits but zero."""
    zero_height: tuple[float, float] = (-0.12, 0.3)
    """Mean and spread of log(height / H) of zeros, which many people write small."""
    geometry_weight: float = 0.5
    severed_cost: float = 0.3
    """Cost of the ink that was cut to part a digit from its neighbours, each w."""
    gap: float = 0.55
    """A gap between digits above this, in H, costs ``gap_cost`` each further H."""
    gap_cost: float = 4.0
    skip_cost: float = 1.0
    """Cost of leaving out a part between digits, plus ``skip_size_cost`` (size / H)^2."""
    skip_size_cost: float = 10.0
    most_skipped: float = 7.0
    """No more is left out between two digits."""
    left_out_cost: float = 2.5
    """A digit beside the ZIP that is left out costs up to this."""
    word_gap: float = 0.45
    """Beyond a gap of this, in H, another word may begin."""
    left_out_apart: float = 0.2
    """Share of ``left_out_cost`` that applies there."""
    border_cost: float = 1.0
    """The same before the first and after the last digit, where letters stand."""
    border_size_cost: float = 5.0
    other_length_cost: float = 3.0
    """Prior cost of a string that has neither five nor nine digits."""
    nine_cost: float = 0.7
    """Prior cost of a ZIP+4."""


@dataclass(frozen=True, slots=True)
class TownConfig:
    """City and state of a ZIP, held against what stands before it."""

    apart: float = 0.1
    """What lies farther left of the digits than this, in heights of a digit, may belong to them."""
    shortest: float = 2.0
    """A shorter rest of the line, in heights of a digit, is no place: it is on the line above."""
    most_names: int = 30
    """Names of a place that are held against the line, the usual first."""
    zips: int = 3
    """Where no ZIP agrees with the place that is written, so many of that place are looked for."""
    least: float = -6.0
    """Agreement of a ZIP that belongs to no place, a letter."""
    unknown: float = -1.0
    """Agreement where there is no line to read."""
    unlike: float = -4.0
    """Agreement of a state that a line does not end in, a letter."""
    elsewhere: float = -12.0
    """Logarithm of the probability that a line says just what it says, and is no ZIP's place."""


@dataclass(frozen=True, slots=True)
class DecideConfig:
    """Words for what speaks against a reading; the threshold comes with the model."""

    no_zip: float = 0.02
    """Below this probability nothing was read that deserves to be called a ZIP."""
    unclear_digit: float = 0.95
    """A digit whose posterior is below is named."""
    other_length: float = 0.2
    """Share of paths with other than five digits that is named, and of digits beside the ZIP."""
    covered: tuple[float, float] = (2.5, 0.25)
    """A digit so many times as thick as the others is named, a line through so much of them."""
    rival: float = 0.1
    """Probability of another ZIP on the same piece that is named."""
    place_differs: float = -1.5
    """A line that agrees less with a name, a letter, does not say it."""
    least_digit_height: float = 11
    """Digits lower than this, in original pixels, are too small."""


@dataclass(frozen=True, slots=True)
class ReaderConfig:
    """The configuration of all stages."""

    images: ImageConfig = field(default_factory=ImageConfig)
    page: PageConfig = field(default_factory=PageConfig)
    lines: LinesConfig = field(default_factory=LinesConfig)
    locate: LocateConfig = field(default_factory=LocateConfig)
    fields: FieldsConfig = field(default_factory=FieldsConfig)
    search: SearchConfig = field(default_factory=SearchConfig)
    spell: SpellConfig = field(default_factory=SpellConfig)
    strip: SegmentConfig = field(default_factory=lambda: SegmentConfig(digit_height=32))
    decode: DecodeConfig = field(default_factory=DecodeConfig)
    segment: SegmentConfig = field(default_factory=SegmentConfig)
    town: TownConfig = field(default_factory=TownConfig)
    decide: DecideConfig = field(default_factory=DecideConfig)
