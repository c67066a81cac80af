"""One envelope, from the file to the decision; the stages in their order.

==============  ==================================================================
``images``      file -> pages
``halftone``    a dithered page -> greys
``page``        page -> upright page: outline, perspective, light, turn, skew
``lines``       upright page -> text lines
``locate``      text lines -> ranked address blocks
``fields``      address blocks -> ranked ZIP fields
``rectify``     ZIP field -> its ink, level, at one scale, without ruled lines
``strip``       field ink -> strip of fixed height, shared with training
``speller``     strip -> frames of scores -> what the field spells, uncut: the second reader
``narrow``      wide field and what it spells -> the part of it that holds the digits
``segment``     ZIP field -> lattice of candidate glyphs
``normalize``   glyph -> 28x28 tile in MNIST format, shared with training
``classifier``  tiles -> scores for ten digits and not-a-digit
``decode``      lattice and scores -> ranked ZIP hypotheses
``blots``       field ink -> blots on its digits and lines through them
``crossings``   address block -> whether the address is crossed out
``directory``   assigned ZIPs and their places
``surroundings`` the lines and pieces of lines about the digits
``town``        the line before a ZIP -> how well it agrees with their places
``otherwise``   the words about the digits -> what they may be but a ZIP
``together``    strip and place -> the odds of each ZIP against all that both may mean
``evidence``    hypothesis and what its field shows -> what its probability is told from
``probability`` evidence -> calibrated P(ZIP correct), certified thresholds
``decide``      hypotheses -> decision with its reasons
``readers``     what a search asks of those that read its fields
``search``      which fields are read, and when that is enough
``rivals``      of two addresses on a page, which the mail goes to
``addressees``  whether a page shows another addressee
``fieldreader`` the way of one field, from ``strip`` to ``together``
``looks``       how often a page is looked at, in which orientations and for which ink
``reader``      the whole way
``spec``        how to open a reader in another process
``record``      reading -> JSON record
``explain``     reading -> picture
==============  ==================================================================

Under them: ``imageops``, ``inkmap``, ``clock``, ``outline`` (of the envelope), ``sides`` (its
edges), ``around`` (what is written beyond them), ``ground`` (dark on all sides), ``light``
(makes the paper white), ``inkmask``, ``barcodes`` (no lines), ``levelrules`` (of a page),
``circled`` (what a pen drew around writing), ``waves`` and ``rings`` (of postmarks), ``cells``
(of a form), ``spanning`` (parts what two lines share), ``strata`` (chains of two lines),
``tangles`` (lines that run into one another), ``joining`` (pieces of a line),
``rowseams`` (between them), ``measures`` (of lines), ``columns`` and
``stacks`` (of the lines of two addresses), ``rules`` (of a field), ``seams``, ``trellis``,
``align`` (where the digits of a given text stand), ``stripnet`` (runs the networks that read
strips), ``ctc`` (frames <-> texts), ``letters`` (the signs of words), ``wording`` (how well
they say a name), ``trees`` (sums of decision trees), ``runtime`` (runs network files),
``modelfolder`` (their folder and name), ``faults`` (of the reader itself), ``panel`` and
``formats``.
"""
