"""What the first citizen of a process must not wait for: everything that answering loads, loaded by answering."""

import logging

from bot import services
from knowledge.errors import KnowledgeNotReady

log = logging.getLogger(__name__)

# Between them: the model, the library with its indexes, the segmentation's dictionary, the catalogue and its guesser.
_QUESTIONS = (
    "绿色积分怎么拿？",
    "到2027年绿色带款余额要达到多少？",  # with a slip, so that the documents' wording is there to mend it by
    "大骨头扔哪里？",
    "没见过的小玩意儿怎么扔？",
    "What is the target for green loans?",
    "Where do I throw a battery?",
)


def warm_up() -> None:
    """Ask one question of each kind and forget the answers. Raises what answering raises, but for a library to come."""
    try:
        for question in _QUESTIONS:
            services.answer(question=question)
    except KnowledgeNotReady:
        log.warning("No knowledge is built yet (manage.py build_knowledge): the first questions will wait for it.")
