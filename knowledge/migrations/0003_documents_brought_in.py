import backend.core.ids
import django.db.models.deletion
from django.db import migrations, models


def name_documents(apps, schema_editor):
    """Which documents a version holds was told by its passages alone."""
    passages = apps.get_model("knowledge", "Passage").objects
    for version in apps.get_model("knowledge", "Version").objects.all():
        version.documents.add(*passages.filter(version=version).values_list("document", flat=True).distinct())


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0002_background'),
    ]

    operations = [
        migrations.CreateModel(
            name='Trial',
            fields=[
                ('id', models.UUIDField(default=backend.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('fingerprint', models.CharField(max_length=64)),
                ('version', models.UUIDField()),
                ('passages', models.PositiveIntegerField(default=0)),
                ('embedded', models.PositiveIntegerField(default=0)),
                ('questions', models.PositiveIntegerField(default=0)),
                ('result', models.JSONField(default=dict)),
                ('worse', models.JSONField(default=list)),
                ('better', models.JSONField(default=list)),
                ('ended_at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='document',
            name='knowledge_document_revision',
        ),
        migrations.AddField(
            model_name='document',
            name='checked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='document',
            name='checked_by',
            field=models.CharField(blank=True, default='release', max_length=64),
        ),
        migrations.AddField(
            model_name='document',
            name='drafted_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='document',
            name='drafted_by',
            field=models.CharField(default='corpus', max_length=64),
        ),
        migrations.AddField(
            model_name='document',
            name='effective_from',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='document',
            name='effective_until',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='document',
            name='file_name',
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddField(
            model_name='document',
            name='file_sha256',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='document',
            name='ingested',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='document',
            name='media_type',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name='document',
            name='published_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='document',
            name='published_by',
            field=models.CharField(blank=True, default='release', max_length=64),
        ),
        migrations.AddField(
            model_name='document',
            name='revision',
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='document',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('checked', 'checked'), ('published', 'published'), ('withdrawn', 'withdrawn'), ('discarded', 'discarded')], default='published', max_length=10),
        ),
        migrations.AddField(
            model_name='document',
            name='supersedes',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='successors', to='knowledge.document'),
        ),
        migrations.AddField(
            model_name='document',
            name='warnings',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='document',
            name='withdrawn_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='document',
            name='withdrawn_by',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='document',
            name='withdrawn_reason',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='version',
            name='documents',
            field=models.ManyToManyField(related_name='versions', to='knowledge.document'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['draft', 'checked', 'published'])), fields=('key', 'sha256'), name='knowledge_document_revision'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(condition=models.Q(('ingested', True)), fields=('key', 'revision'), name='knowledge_document_number'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'discarded']), models.Q(('checked_by', ''), _negated=True), _connector='OR'), name='knowledge_document_checked'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(('checked_by', models.F('drafted_by')), _negated=True), name='knowledge_document_by_another'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(('effective_until__isnull', True), ('effective_from__isnull', True), ('effective_until__gte', models.F('effective_from')), _connector='OR'), name='knowledge_document_dates'),
        ),
        migrations.AddField(
            model_name='trial',
            name='document',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trials', to='knowledge.document'),
        ),
        migrations.RunPython(name_documents, migrations.RunPython.noop),
    ]
