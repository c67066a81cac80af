"""Many envelopes, and the people who look at them.

How they are read, in the order of the way:

* ``sources``: folders, globs and lists -> the files to read
* ``watch``: a hot folder -> the files to read, as they come
* ``batch``: files -> those not yet recorded -> an engine -> a sink
* ``pool``: the engine of one machine, worker processes
* ``cluster``: the engine of many machines, Ray Data
* ``worker``: what each worker does, file -> records
* ``sinks``: records -> lines of JSON, CSV, Parquet or the store

Under them: ``work``, the values; ``journal`` and ``parquet``, how outputs survive a kill;
``filing``, copies and moves.

What is remembered:

* ``identity``: which file a reading is of
* ``migrations``: the tables, version by version
* ``store``: what the machine read and what people said, in SQLite

Who looks at it, and what comes of it:

* ``rules``: what people may answer, and when a piece is settled
* ``reviews``: what people said, as rows that are only added
* ``leases``: a piece before one person is nobody else's
* ``audit``: a random, blind sample of accepted mail
* ``desk``: all of these together: the next piece, an answer, an undo
* ``pictures``: what a person sees of a piece
* ``statistics``: what the dashboard shows
* ``finals``: the last word on every piece, with its provenance
* ``export``: final ZIPs as CSV, JSON or Parquet
* ``sample``: reviewed mail from which one may conclude about all mail
* ``learning``: glyphs to train on, and mail to evaluate with
"""
