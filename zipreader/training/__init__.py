"""Training of the digit network, from data files to a finished model folder.

``sources`` and ``splits`` say whose data may be used for what; ``makers`` turn
them into tiles (strokes, strings, print, marks, glyphs) and ``pools`` keep
those; ``writers`` are people of the data or ``invented`` hands of
``allographs``; ``network``, ``train`` and ``temperature`` make the network, ``figures``
measures it, ``card`` describes it, ``export`` checks and writes it, and
``pipeline`` does all of it in order; ``digits`` measures it again anywhere.
``confidence`` and ``certify`` make a calibration: ``promise`` on synthetic mail,
``ownpromise`` on the user's own.  Only here is Keras imported.
"""
