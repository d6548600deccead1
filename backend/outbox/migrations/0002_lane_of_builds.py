from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('outbox', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='task',
            name='lane',
            field=models.CharField(choices=[('main', 'main'), ('calls', 'calls'), ('builds', 'builds')], max_length=16),
        ),
    ]
