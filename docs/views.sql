-- Short names for DuckDB, for use in the store's folder: duckdb -init path/to/views.sql
-- Every table is as docs/tables.md tells; `lines` and `counted` are the two that most questions start from.
create or replace view findings as from 'reports/current/findings.parquet';
create or replace view ranking as from 'reports/current/payer_code_ranking.parquet';
create or replace view alternates as from 'reports/current/payer_alternate_ranking.parquet';
create or replace view locations as from 'reports/current/location_ranking.parquet';
create or replace view asks as from 'reports/current/fee_asks.parquet';
create or replace view outcomes as from 'reports/current/ask_outcomes.parquet';
create or replace view fees as from 'reports/current/alternate_fee_schedule.parquet';
create or replace view trend as from 'reports/current/weekly_trend.parquet';
create or replace view predicted as from 'reports/current/predicted_downgrades.parquet';
create or replace view explained as from 'reports/current/explained_otherwise.parquet';
create or replace view set_aside as from 'reports/current/quarantine.parquet';
create or replace view arrived as from 'reports/current/files.parquet';
create or replace view runs as from 'reports/current/runs.parquet';
create or replace view counted as from 'reports/current/findings.parquet' where counted;
-- Live lines with the claim and payment they belong to; `lake` also holds what was reversed later.
create or replace view lines as
select p.payer_name, p.payment_date, c.claim_status_code, c.payer_rank, l.*
from 'lake/service_lines/*/*.parquet' l
join 'lake/claims/*/*.parquet' c using (claim_id)
join 'lake/payments/*/*.parquet' p using (payment_id)
where not exists (from 'reports/current/not_live.parquet' n where n.claim_id = c.claim_id);
