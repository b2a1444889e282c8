"""Why the websockets close: codes of RFC 6455, and of our own from 4000 on; ``openapi`` tells clients of them."""

from __future__ import annotations

POLICY = 1008
"""What was sent is not allowed."""
TOO_LARGE = 1009
FAILED = 1011
LATER = 1013
"""The viewer was too slow, or there are too many: it may come again."""
FORBIDDEN = 4403
GONE = 4404
"""There is no such run or room, or not any more."""
