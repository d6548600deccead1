"""Loaded by pytest before Django's settings: a data directory of the run's own, and nothing inherited by accident."""

import atexit
import os
import shutil
import tempfile

_folder = tempfile.mkdtemp(prefix="green-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["DATA_DIR"] = _folder
os.environ["LOG_LEVEL"] = "WARNING"
for name in (
    "DEMO",
    "REDIS_URL",
    "CHROMA_URL",
    "LLM_BASE_URL",
    "LLM_MODEL",
    "LLM_API_KEY",
    "TOKEN_KEYS",
    "SECRET_KEY",
    "SEAL_KEY",
    "SEAL_SIGNING_KEY",
):
    os.environ.pop(name, None)
os.environ["PUBLIC_BASE_URL"] = "http://testserver"
