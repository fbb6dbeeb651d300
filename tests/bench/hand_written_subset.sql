-- The part of hand_written.sql that income, own pay, members and the registry's row need: what the data frames do.
CREATE TEMP TABLE ledger AS
WITH
coded AS (
    SELECT household_id, amount_fen,
        CASE WHEN item IN ($wage) THEN 1 WHEN item IN ($other) THEN 2 WHEN item = 'business_cost' THEN 3 ELSE 0 END AS code,
        datediff('month', DATE '$previous_from', month) AS place
    FROM read_parquet('$folder/income_entry.parquet')
    WHERE month >= DATE '$previous_from' AND month < DATE '$month'
),
signed AS (
    SELECT household_id, place, code, CASE code WHEN 0 THEN 0 WHEN 3 THEN -amount_fen ELSE amount_fen END AS fen FROM coded
)
SELECT household_id,
    coalesce(sum(fen) FILTER (place >= 12), 0)::BIGINT AS w_net,
    coalesce(sum(fen) FILTER (place >= 12 AND code = 1), 0)::BIGINT AS w_wage,
    coalesce(sum(fen) FILTER (place < 12), 0)::BIGINT AS previous_net,
    coalesce(sum(fen) FILTER (place >= 18), 0)::BIGINT AS half_net,
    bit_or(1 << place::INTEGER) AS months
FROM signed GROUP BY household_id;
CREATE TEMP TABLE annual AS
WITH
statements AS (
    SELECT household_id,
        year($on_) - year AS age,
        coalesce(net_fen, wage_fen + business_fen + property_fen + transfer_fen - business_cost_fen) AS net,
        wage_fen, net_per_capita_fen
    FROM read_parquet('$folder/annual_income.parquet') WHERE year <= year($on_)
)
SELECT household_id, max(net) FILTER (age = 1) AS net_1, max(net) FILTER (age = 2) AS net_2,
    max(wage_fen) FILTER (age = 1) AS stated_wage
FROM statements WHERE age IN (1, 2) GROUP BY household_id;
CREATE TEMP TABLE family AS
SELECT household_id,
    count(*) AS members,
    count(*) FILTER (has_chronic_illness) AS chronic, count(has_chronic_illness) AS chronic_known,
    count(*) FILTER (NOT has_resident_medical_insurance AND NOT has_employee_medical_insurance) AS uninsured,
    count(*) FILTER (has_resident_medical_insurance IS NOT NULL OR has_employee_medical_insurance IS NOT NULL)
        AS insurance_known,
    count(*) FILTER (labour IN ('ordinary', 'skilled', 'weak')) AS labour,
    count(*) FILTER (labour IN ('ordinary', 'skilled')) AS full_labour,
    count(*) FILTER (labour IS NULL AND birth_date <= DATE '$born_16' AND birth_date > DATE '$born_60') AS labour_blank,
    max(migrant_months) AS migrant_months_max
FROM read_parquet('$folder/member.parquet') GROUP BY household_id;
CREATE TEMP TABLE own_pay AS
WITH
patients AS (
    SELECT household_id,
        coalesce(sum(own_pay_fen), 0)::BIGINT AS paid,
        coalesce(sum(own_pay_fen) FILTER (settled_on >= DATE '$year_from'), 0)::BIGINT AS paid_in_year,
        coalesce(sum(own_pay_fen) FILTER (settled_on >= DATE '$year_from' AND visit_kind = 'inpatient'), 0)::BIGINT
            AS inpatient_in_year
    FROM read_parquet('$folder/own_pay_entry.parquet')
    WHERE settled_on >= DATE '$spending_from' AND settled_on < DATE '$after'
    GROUP BY household_id, person_id
)
SELECT household_id, sum(paid)::BIGINT AS paid, max(paid) AS paid_max, max(paid_in_year) AS paid_in_year_max,
    max(inpatient_in_year) AS inpatient_max
FROM patients GROUP BY household_id;
CREATE TEMP TABLE indicators AS
WITH
joined AS (
    SELECT h.household_id, h.household_class, h.monitored_class, h.is_risk_eliminated, h.stated_member_count,
        h.has_uninsured_member, h.claims_income_fen,
        l.* EXCLUDE (household_id), a.* EXCLUDE (household_id), f.* EXCLUDE (household_id), p.* EXCLUDE (household_id),
        h.monitored_class IN ('unstable', 'borderline', 'sudden') AS was_monitored_,
        bit_count((l.months >> 12) & 4095) = 12 AS is_w_known,
        bit_count(l.months & 4095) = 12 AS is_previous_known,
        bit_count((l.months >> 18) & 63) = 6 AS is_half_known
    FROM read_parquet('$folder/household.parquet') AS h
    LEFT JOIN ledger AS l USING (household_id) LEFT JOIN annual AS a USING (household_id)
    LEFT JOIN family AS f USING (household_id) LEFT JOIN own_pay AS p USING (household_id)
),
amounts AS (
    SELECT *,
        coalesce(members, stated_member_count) AS member_count,
        CASE WHEN is_w_known THEN w_net ELSE net_1 END AS net_income_fen,
        CASE WHEN is_w_known THEN w_wage ELSE stated_wage END AS wage_income_fen,
        CASE WHEN is_previous_known THEN previous_net ELSE net_2 END AS previous_net_income_fen,
        CASE WHEN is_half_known THEN half_net END AS half_net_income_fen,
        coalesce(paid, 0) AS own_pay_household_fen,
        CASE WHEN members > 0 AND labour_blank = 0 THEN labour END AS labour_persons
    FROM joined
)
SELECT household_id, member_count, migrant_months_max, has_uninsured_member,
    household_class = 'alleviated' AS is_alleviated,
    household_class = 'ordinary' AS is_ordinary,
    was_monitored_ AND NOT is_risk_eliminated AS is_monitored,
    was_monitored_ AS was_monitored,
    net_income_fen, wage_income_fen, previous_net_income_fen, own_pay_household_fen, labour_persons,
    floor_part(net_income_fen, member_count) AS net_income_per_capita_fen,
    floor_part(net_income_fen + coalesce(claims_income_fen, 0) - own_pay_household_fen, member_count) AS reference_income_per_capita_fen,
    previous_net_income_fen - net_income_fen AS income_fall_fen,
    floor_part(half_net_income_fen, member_count) AS half_year_income_per_capita_fen,
    coalesce(paid_max, 0) AS own_pay_person_max_fen,
    coalesce(paid_in_year_max, 0) AS own_pay_year_person_max_fen,
    coalesce(inpatient_max, 0) AS inpatient_own_pay_year_max_fen,
    CASE WHEN chronic_known > 0 THEN chronic END AS chronic_illness_persons,
    CASE WHEN insurance_known > 0 THEN uninsured END AS uninsured_persons,
    CASE WHEN members > 0 AND labour_blank = 0 THEN full_labour END AS full_labour_persons,
    labour_persons = 0 AS is_without_labour
FROM amounts;
