"""Training of the network that reads whole fields (``reading.speller``).

strips, mailstrips -> labels -> pools -> fit (jitter, network) -> model
"""
