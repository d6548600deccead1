"""Rules of columns become rules of data; awards of the first release get their activity, evidence and time."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

GRADES = {
    "checkin_screen": {"rotating_code": {}},
    "checkin_printed": {"printed_code_in_place": {}, "printed_code_elsewhere": {"review": True}},
}


def terms_of(rule):
    def cap(scope, limit):
        return {"scope": scope, "period": "day", "counts": "times", "limit": limit}

    return {
        "rates": {"": [rule.points, 1]},
        "grades": GRADES[rule.activity],
        "caps": [cap("person", rule.per_day), cap("person_at_station", rule.per_station_and_day)],
        "min_interval_seconds": rule.min_interval_seconds,
        "points_valid_days": rule.points_valid_days,
    }


def carry_over(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for event in ("update", "delete"):  # put back after the migration
        on = " ON earning_award" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS earning_award_no_{event}{on}")
    for rule in apps.get_model("earning", "AwardRule").objects.all():
        rule.terms_data = terms_of(rule)
        rule.drafted_by, rule.published_by, rule.published_at = "first release", "migration", rule.valid_from
        rule.save()
    records = apps.get_model("earning", "EvidenceRecord").objects
    for award in apps.get_model("earning", "Award").objects.select_related("rule").iterator():
        award.activity, award.amount, award.person_id = award.rule.activity, 1, award.resident_id
        award.happened_at = award.at
        award.evidence = records.create(key=f"checkin:{award.pk}", grade=award.grade, at=award.at)
        award.save()


class Migration(migrations.Migration):
    dependencies = [("earning", "0002_acts_evidence_and_rules")]

    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
