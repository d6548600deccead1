"""Frozen questions put to the assistant on the code path of every door, and to two plain baselines beside it."""

from bot.evaluation.baselines import CHUNK_CHARS, Baselines, baselines, split
from bot.evaluation.engines import Engine, asked, run
from bot.evaluation.sets import FOLDER, cases

__all__ = ["CHUNK_CHARS", "FOLDER", "Baselines", "Engine", "asked", "baselines", "cases", "run", "split"]
