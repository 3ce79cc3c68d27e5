from . import content, searches

__all__ = ["content", "searches"]
