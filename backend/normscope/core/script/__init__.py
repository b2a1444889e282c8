"""A run as a plain PyTorch script, written from its spec: what it takes to repeat it, and nothing else.

Pure text: torch is imported by the script, never here. Each file writes one part of it: ``data``, ``norms``,
``network`` (of ``layers`` and, where it is one, ``residual``, with ``initialise``), ``learning``, ``loop``; ``write``
puts them together.
"""

from normscope.core.script.write import Source, script

__all__ = ["Source", "script"]
