import backend.core.ids
import django.db.models.deletion
import django.db.models.expressions
from django.apps.registry import Apps as StateApps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def carry_over(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Campaigns that ran before there was an approval go on: their offers keep the money that was appropriated."""
    names = {"drafted_by": "before approvals", "submitted_by": "before approvals", "approved_by": "migration"}
    apps.get_model("campaigns", "Campaign").objects.update(status="running", **names)
    apps.get_model("campaigns", "Offer").objects.update(planned=models.F("stock"), is_open=True)
    apps.get_model("campaigns", "Voucher").objects.update(person_id=models.F("resident_id"))


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0001_initial'),
        ('merchants', '0001_initial'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="claimuse", name="one_claim_use_per_person"),
        migrations.RenameField(model_name="claimuse", old_name="resident_id", new_name="person_id"),
        migrations.AddConstraint(
            model_name="claimuse",
            constraint=models.UniqueConstraint(fields=("offer", "person_id"), name="one_claim_use_per_person"),
        ),
        migrations.CreateModel(
            name='DayUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('used', models.PositiveBigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='MoneyChange',
            fields=[
                ('id', models.UUIDField(default=backend.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('budget_fen', models.PositiveBigIntegerField(null=True)),
                ('day_budget_fen', models.PositiveBigIntegerField(null=True)),
                ('more_stock', models.IntegerField(null=True)),
                ('reason', models.CharField(max_length=200)),
                ('status', models.CharField(choices=[('proposed', 'proposed'), ('approved', 'approved'), ('rejected', 'rejected')], default='proposed', max_length=10)),
                ('asked_by', models.CharField(max_length=64)),
                ('asked_at', models.DateTimeField()),
                ('decided_by', models.CharField(blank=True, default='', max_length=64)),
                ('decided_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': '资金变更',
                'verbose_name_plural': '资金变更',
            },
        ),
        migrations.CreateModel(
            name='SpanUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_id', models.UUIDField()),
                ('span', models.CharField(choices=[('day', 'day'), ('week', 'week'), ('month', 'month'), ('campaign', 'campaign')], max_length=8)),
                ('starts_on', models.DateField()),
                ('used', models.PositiveIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name='campaign',
            name='approved_by',
            field=models.CharField(blank=True, default='', max_length=64, verbose_name='批准人'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='boost',
            field=models.JSONField(blank=True, default=None, null=True, verbose_name='积分加倍'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='budget_fen',
            field=models.PositiveBigIntegerField(default=0, verbose_name='预算（分）'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='campaign',
            name='day_budget_fen',
            field=models.PositiveBigIntegerField(blank=True, null=True, verbose_name='每日预算（分）'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='drafted_by',
            field=models.CharField(default='', max_length=64, verbose_name='起草人'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='campaign',
            name='government_bp',
            field=models.PositiveSmallIntegerField(default=10000, verbose_name='政府出资（基点）'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='groups',
            field=models.JSONField(blank=True, default=list, verbose_name='适用人群'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='in_all',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='每人活动限领'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='mall_bp',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='商场出资（基点）'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='partner_bp',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='合作方出资（基点）'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='per_day',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='每人每日限领'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='per_month',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='每人每月限领'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='per_week',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='每人每周限领'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='shop_bp',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='商户出资（基点）'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='status',
            field=models.CharField(choices=[('draft', 'draft'), ('in_review', 'in_review'), ('scheduled', 'scheduled'), ('running', 'running'), ('paused', 'paused'), ('sold_out', 'sold_out'), ('ended', 'ended'), ('stopped', 'stopped')], default='draft', max_length=12, verbose_name='状态'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='submitted_by',
            field=models.CharField(blank=True, default='', max_length=64, verbose_name='提交人'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='survives_stop',
            field=models.BooleanField(default=True, verbose_name='停止后已领券仍可用'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='version',
            field=models.PositiveIntegerField(default=1, verbose_name='版本'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='windows',
            field=models.JSONField(blank=True, default=dict, verbose_name='领取时段'),
        ),
        migrations.AddField(
            model_name='offer',
            name='is_open',
            field=models.BooleanField(default=False, verbose_name='可领取'),
        ),
        migrations.AddField(
            model_name='offer',
            name='last_day',
            field=models.DateField(blank=True, null=True, verbose_name='最后使用日'),
        ),
        migrations.AddField(
            model_name='offer',
            name='planned',
            field=models.PositiveIntegerField(default=0, verbose_name='计划数量'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='offer',
            name='rolled_fen',
            field=models.PositiveBigIntegerField(default=0, verbose_name='结转金额（分）'),
        ),
        migrations.AddField(
            model_name='offer',
            name='rolls_into',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.offer', verbose_name='未用结转至'),
        ),
        migrations.AddField(
            model_name='voucher',
            name='person_id',
            field=models.UUIDField(null=True, verbose_name='同一人'),
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="voucher", name="person_id", field=models.UUIDField(verbose_name="同一人")
        ),
        migrations.AddIndex(
            model_name='campaign',
            index=models.Index(fields=['status', 'ends_at'], name='campaign_by_state'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'in_review', 'scheduled', 'running', 'paused', 'sold_out', 'ended', 'stopped'])), name='campaign_status_known'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'in_review']), models.Q(models.Q(('approved_by', ''), _negated=True), models.Q(('approved_by', models.F('drafted_by')), _negated=True), models.Q(('approved_by', models.F('submitted_by')), _negated=True)), _connector='OR'), name='campaign_second_person'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'draft'), models.Q(('submitted_by', ''), _negated=True), _connector='OR'), name='campaign_was_submitted'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('government_bp', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.Value(10000), '-', models.F('mall_bp')), '-', models.F('shop_bp')), '-', models.F('partner_bp')))), name='campaign_shares_add_up'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('day_budget_fen', None), ('day_budget_fen__gte', 1), _connector='OR'), name='campaign_day_budget_positive'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(('rolls_into', None), models.Q(('rolls_into', models.F('id')), _negated=True), _connector='OR'), name='offer_rolls_into_another'),
        ),
        migrations.AddField(
            model_name='dayuse',
            name='campaign',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.campaign'),
        ),
        migrations.AddField(
            model_name='moneychange',
            name='campaign',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='money_changes', to='campaigns.campaign'),
        ),
        migrations.AddField(
            model_name='moneychange',
            name='offer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.offer'),
        ),
        migrations.AddField(
            model_name='spanuse',
            name='campaign',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.campaign'),
        ),
        migrations.AddConstraint(
            model_name='dayuse',
            constraint=models.UniqueConstraint(fields=('campaign', 'day'), name='one_day_use_per_day'),
        ),
        migrations.AddConstraint(
            model_name='moneychange',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['proposed', 'approved', 'rejected'])), name='money_change_status_known'),
        ),
        migrations.AddConstraint(
            model_name='moneychange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'approved'), _negated=True), models.Q(models.Q(('decided_by', ''), _negated=True), models.Q(('decided_by', models.F('asked_by')), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='money_change_second_person'),
        ),
        migrations.AddConstraint(
            model_name='moneychange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('budget_fen__isnull', False), ('day_budget_fen__isnull', False), ('offer__isnull', False), _connector='OR'), models.Q(('day_budget_fen', None), ('day_budget_fen__gte', 1), _connector='OR')), name='money_change_changes_something'),
        ),
        migrations.AddConstraint(
            model_name='moneychange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('more_stock', None), ('offer', None)), models.Q(('more_stock__isnull', False), ('offer__isnull', False), models.Q(('more_stock', 0), _negated=True)), _connector='OR'), name='money_change_stock_of_an_offer'),
        ),
        migrations.AddConstraint(
            model_name='spanuse',
            constraint=models.UniqueConstraint(fields=('campaign', 'person_id', 'span', 'starts_on'), name='one_span_use_per_person'),
        ),
    ]
