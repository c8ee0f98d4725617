"""The sweep's modules are shared with benchmarks/faults.py, and so found by their own names."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
