"""The operator console at `/console/`: Django's admin as a desk where every act is a service's verb.

Nothing is added, changed or deleted through the ORM here. A model is put on the desk in a file of `desks/`:

    @admin.register(Appeal, site=console)
    class AppealDesk(ReadOnly):
        label, section = "申诉", Section.PEOPLE
        list_display = ("status", "award", "at")        # labels come from `words.py`
        list_filter = ("status",)
        find_by = ("id", "resident_id")                 # exact for ids and numbers, by their beginning for texts
        verbs = (
            Verb("uphold", "支持申诉", lambda act: appeals.decide(
                by=act.by, appeal_id=act.obj.pk, uphold=True, reason=act.said["reason"], now=act.now)),
        )

A new file is imported in `desks/__init__.py`. What a number of today is worth showing goes into `figures.py`.
"""
