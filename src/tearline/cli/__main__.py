"""``python -m tearline.cli``, where the package is importable and its command is not on the path."""

import sys

from tearline.cli import main

sys.exit(main())
