"""``python -m zipreader``."""

from zipreader.cli import main

if __name__ == "__main__":
    main()
