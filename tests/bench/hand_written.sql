-- The indicators that the shipped rules read, as an experienced analyst would write them for DuckDB by hand: each
-- table is read once and summed up by itself, so that memory suffices; texts are turned into small codes before they
-- are summed by; every feed is taken as delivered. NULL is unknown. hand_sql.py fills in the places with a dollar sign.
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
SELECT household_id,
    $annual_nets,
    max(wage_fen) FILTER (age = 1) AS stated_wage,
    arg_min_null(net_per_capita_fen, age) AS stated_income_per_capita_fen
FROM statements GROUP BY household_id;
CREATE TEMP TABLE family AS
WITH
seriously_ill AS (
    SELECT DISTINCT household_id, person_id FROM read_parquet('$folder/diagnosis.parquet')
    WHERE severity = 'serious' AND coalesce(diagnosed_on, delivered_month) <= $on_
),
certified AS (
    SELECT household_id, person_id,
        arg_max_null(grade, (delivered_month, source_id, row_no)) AS grade,
        arg_max_null(issued_on, (delivered_month, source_id, row_no)) AS issued_on
    FROM read_parquet('$folder/disability_certificate.parquet') WHERE delivered_month <= $on_
    GROUP BY household_id, person_id
),
members AS (
    SELECT m.household_id, m.birth_date, m.labour, m.migrant_months,
        m.has_chronic_illness, m.has_resident_medical_insurance AS resident, m.has_employee_medical_insurance AS employee,
        coalesce(m.is_disabled, false) OR c.person_id IS NOT NULL AS is_disabled,
        coalesce(c.grade, m.disability_grade) AS grade,
        coalesce(c.issued_on, m.disability_issued_on) AS issued_on,
        coalesce(m.has_serious_illness, false) OR d.person_id IS NOT NULL AS is_ill
    FROM read_parquet('$folder/member.parquet') AS m
    LEFT JOIN certified AS c USING (household_id, person_id)
    LEFT JOIN seriously_ill AS d USING (household_id, person_id)
)
SELECT household_id,
    count(*) AS members,
    count(*) FILTER (is_ill) AS ill,
    count(*) FILTER (has_chronic_illness) AS chronic, count(has_chronic_illness) AS chronic_known,
    count(*) FILTER (NOT resident AND NOT employee) AS uninsured,
    count(*) FILTER (resident IS NOT NULL OR employee IS NOT NULL) AS insurance_known,
    count(*) FILTER (is_disabled) AS disabled,
    count(*) FILTER (grade IN (1, 2)) AS severe,
    count(*) FILTER (issued_on >= DATE '$two_years_from' AND issued_on < DATE '$after') AS newly_disabled,
    count(*) FILTER (labour IN ('ordinary', 'skilled', 'weak')) AS labour,
    count(*) FILTER (labour IN ('ordinary', 'skilled')) AS full_labour,
    count(*) FILTER (labour IS NULL AND birth_date <= DATE '$born_16' AND birth_date > DATE '$born_60') AS labour_blank,
    max(migrant_months) AS migrant_months_max,
    count(*) FILTER (birth_date <= DATE '$born_60') AS elderly,
    count(*) FILTER (birth_date > DATE '$born_60') AS under_60,
    count(*) FILTER (birth_date > DATE '$born_16') AS children,
    count(*) FILTER (birth_date <= DATE '$born_16' AND birth_date > DATE '$born_60') AS working_age,
    count(*) FILTER (migrant_months < 6 AND birth_date <= DATE '$born_16' AND birth_date > DATE '$born_60') AS staying,
    count(*) FILTER (migrant_months IS NULL AND birth_date <= DATE '$born_16' AND birth_date > DATE '$born_60') AS away_blank
FROM members GROUP BY household_id;
CREATE TEMP TABLE own_pay AS
WITH
person_months AS (
    SELECT household_id, person_id, date_trunc('month', settled_on)::DATE AS month,
        sum(own_pay_fen) AS paid,
        sum(own_pay_fen) FILTER (visit_kind = 'inpatient') AS inpatient,
        sum(own_pay_fen) FILTER (visit_kind IN ('outpatient', 'chronic')) AS outpatient,
        sum(compliant_own_pay_fen) AS compliant,
        count(*) - count(compliant_own_pay_fen) AS compliant_missing
    FROM read_parquet('$folder/own_pay_entry.parquet')
    WHERE settled_on >= DATE '$spending_from' AND settled_on < DATE '$after'
    GROUP BY household_id, person_id, month
),
patients AS (
    SELECT household_id,
        coalesce(sum(paid), 0) AS paid,
        coalesce(sum(paid) FILTER (month >= DATE '$year_from'), 0) AS paid_in_year,
        coalesce(sum(inpatient) FILTER (month >= DATE '$year_from'), 0) AS inpatient_in_year,
        coalesce(sum(compliant), 0) AS compliant, sum(compliant_missing) AS compliant_missing,
        max(month) AS last_month, coalesce(arg_max_null(outpatient, month), 0) AS last_outpatient
    FROM person_months GROUP BY household_id, person_id
)
SELECT household_id,
    sum(paid)::BIGINT AS paid, max(paid)::BIGINT AS paid_max, max(paid_in_year)::BIGINT AS paid_in_year_max,
    max(inpatient_in_year)::BIGINT AS inpatient_max, max(compliant)::BIGINT AS compliant_max,
    sum(compliant_missing) AS compliant_missing,
    max({'month': last_month, 'fen': last_outpatient}).fen::BIGINT AS outpatient_max
FROM patients GROUP BY household_id;
CREATE TEMP TABLE newly_ill AS
SELECT household_id, count(DISTINCT coalesce(person_id, '')) AS persons FROM read_parquet('$folder/diagnosis.parquet')
WHERE severity = 'serious' AND diagnosed_on >= DATE '$spending_from' AND diagnosed_on < DATE '$after' GROUP BY household_id;
CREATE TEMP TABLE pupils AS
SELECT household_id, person_id,
    arg_max_null(status, (delivered_month, source_id, row_no)) AS status,
    arg_max_null(stage, (delivered_month, source_id, row_no)) AS stage,
    arg_max_null(year_own_fen, (delivered_month, source_id, row_no)) AS own_fen
FROM read_parquet('$folder/enrolment.parquet') WHERE delivered_month <= $on_ GROUP BY household_id, person_id;
CREATE TEMP TABLE schooling AS
SELECT household_id,
    count(*) FILTER (status = 'enrolled' AND stage NOT IN ('小学', '初中')) AS paying,
    sum(own_fen)::BIGINT AS own_fen
FROM pupils GROUP BY household_id;
CREATE TEMP TABLE dropouts AS
SELECT p.household_id, count(*) AS persons FROM pupils AS p
SEMI JOIN (
    SELECT household_id, person_id FROM read_parquet('$folder/member.parquet')
    WHERE birth_date <= DATE '$born_6' AND birth_date > DATE '$born_16'
) AS m USING (household_id, person_id)
WHERE p.status = 'suspected_dropout' GROUP BY p.household_id;
CREATE TEMP TABLE aid AS
WITH
aided AS (
    SELECT household_id, person_id,
        max({'at': (delivered_month, source_id, row_no), 'status': status, 'month': delivered_month})
            FILTER (kind = 'minimum_living' AND delivered_month <= $on_) AS minimum,
        max({'at': (delivered_month, source_id, row_no), 'status': status})
            FILTER (kind = 'destitute' AND delivered_month <= $on_) AS destitute,
        bool_or(kind = 'minimum_living' AND status IN ('new', 'current')
            AND start_month >= DATE '$two_years_from' AND start_month < DATE '$after') AS is_new,
        bool_or(kind = 'minimum_living' AND status = 'refused'
            AND delivered_month >= DATE '$two_years_from' AND delivered_month < DATE '$after') AS is_refused,
        count(DISTINCT start_month) FILTER (kind = 'temporary'
            AND start_month >= DATE '$spending_from' AND start_month < DATE '$after') AS temporary
    FROM read_parquet('$folder/social_aid.parquet') GROUP BY household_id, person_id
)
SELECT household_id,
    count(*) FILTER (minimum.status IN ('new', 'current')) AS minimum_living,
    count(*) FILTER (minimum.status = 'stopped' AND minimum.month >= DATE '$spending_from' AND minimum.month < DATE '$after') AS stopped,
    count(*) FILTER (is_new) AS newly, count(*) FILTER (is_refused) AS refused,
    count(*) FILTER (destitute.status IN ('new', 'current')) AS destitute,
    sum(temporary)::BIGINT AS temporary
FROM aided GROUP BY household_id;
CREATE TEMP TABLE work AS
WITH
workers AS (
    SELECT household_id, person_id,
        max((delivered_month, (coalesce(status, '') = 'employed')::INT)) FILTER (delivered_month <= $on_) AS employed,
        max((delivered_month, (coalesce(status, '') <> 'unemployed')::INT)) FILTER (delivered_month <= $on_) AS working,
        coalesce(max(monthly_wage_fen) FILTER (delivered_month >= DATE '$spending_from' AND delivered_month < DATE '$after'), 0) AS wage,
        count(DISTINCT start_month) FILTER (start_month >= DATE '$spending_from' AND start_month < DATE '$after') AS changes
    FROM read_parquet('$folder/employment.parquet') GROUP BY household_id, person_id
)
SELECT household_id,
    count(*) FILTER (employed[2] = 1) AS employed, count(*) FILTER (working[2] = 0) AS unemployed,
    coalesce(sum(wage) FILTER (working[2] = 0), 0)::BIGINT AS lost_wage, sum(changes)::BIGINT AS changes
FROM workers GROUP BY household_id;
CREATE TEMP TABLE housing AS
SELECT household_id,
    arg_max(CASE WHEN disposal = 'treated' THEN 'A' ELSE grade END, (checked_on, source_id, row_no)) AS grade
FROM read_parquet('$folder/housing_check.parquet')
WHERE checked_on <= $on_ AND (disposal = 'treated' OR grade IS NOT NULL) GROUP BY household_id;
CREATE TEMP TABLE water AS
SELECT household_id, count(*) AS problems, coalesce(max(days_without), 0) AS days, count(DISTINCT problem) AS kinds
FROM read_parquet('$folder/water_problem.parquet')
WHERE started_on >= DATE '$spending_from' AND started_on < DATE '$after' GROUP BY household_id;
CREATE TEMP TABLE disasters AS
SELECT household_id, count(*) AS events,
    sum(greatest(coalesce(direct_loss_fen, 0), coalesce(crop_loss_fen, 0)))::BIGINT AS loss_fen,
    coalesce(bool_or(house_damage IN ('collapsed', 'severe')), false) AS is_destroyed
FROM read_parquet('$folder/disaster.parquet')
WHERE occurred_on >= DATE '$spending_from' AND occurred_on < DATE '$after' GROUP BY household_id;
CREATE TEMP TABLE losses AS
SELECT household_id, coalesce(sum(loss_fen), 0)::BIGINT AS loss_fen,
    count(*) FILTER (event = 'project_stopped') AS stopped, count(*) FILTER (event = 'epidemic') AS epidemics
FROM read_parquet('$folder/farm_loss.parquet')
WHERE occurred_on >= DATE '$spending_from' AND occurred_on < DATE '$after' GROUP BY household_id;
CREATE TEMP TABLE security AS
SELECT s.household_id, count(*) FILTER (event = 'traffic') AS accidents,
    coalesce(bool_or(event = 'traffic' AND consequence IN ('dead', 'disabled')), false) AS is_grave,
    count(DISTINCT s.person_id) FILTER (event = 'death' AND m.person_id IS NOT NULL) AS deaths
FROM read_parquet('$folder/security_event.parquet') AS s
LEFT JOIN (
    SELECT household_id, person_id FROM read_parquet('$folder/member.parquet')
    WHERE labour IN ('ordinary', 'skilled', 'weak')
) AS m ON s.household_id = m.household_id AND s.person_id = m.person_id
WHERE occurred_on >= DATE '$spending_from' AND occurred_on < DATE '$after' GROUP BY s.household_id;
CREATE TEMP TABLE petitions AS
SELECT household_id, count(*) AS petitions FROM read_parquet('$folder/petition.parquet')
WHERE received_on >= DATE '$spending_from' AND received_on < DATE '$after' GROUP BY household_id;
CREATE TEMP TABLE loans AS
WITH
newest_loans AS (
    SELECT household_id, overdue_days, balance_fen FROM read_parquet('$folder/credit.parquet')
    WHERE delivered_month <= $on_
    QUALIFY delivered_month = max(delivered_month) OVER (PARTITION BY household_id, person_id)
)
SELECT household_id, coalesce(max(overdue_days), 0) AS overdue, coalesce(sum(balance_fen), 0)::BIGINT AS balance_fen
FROM newest_loans GROUP BY household_id;
CREATE TEMP TABLE indicators AS
WITH
joined AS (
    SELECT h.*,
        l.* EXCLUDE (household_id), a.* EXCLUDE (household_id), f.* EXCLUDE (household_id), p.* EXCLUDE (household_id),
        n.persons AS newly_ill, s.paying, s.own_fen, d.persons AS dropouts, i.* EXCLUDE (household_id),
        w.* EXCLUDE (household_id), g.grade AS checked_grade, t.problems, t.days, t.kinds,
        e.events, e.loss_fen AS disaster_loss, e.is_destroyed, o.loss_fen AS farm_loss, o.stopped AS projects_stopped,
        o.epidemics, x.accidents, x.is_grave, x.deaths, q.petitions, c.overdue, c.balance_fen,
        h.monitored_class IN ('unstable', 'borderline', 'sudden') AS was_monitored_,
        bit_count((l.months >> 12) & 4095) = 12 AS is_w_known,
        bit_count(l.months & 4095) = 12 AS is_previous_known,
        bit_count((l.months >> 18) & 63) = 6 AS is_half_known
    FROM read_parquet('$folder/household.parquet') AS h
    LEFT JOIN ledger AS l USING (household_id) LEFT JOIN annual AS a USING (household_id)
    LEFT JOIN family AS f USING (household_id) LEFT JOIN own_pay AS p USING (household_id)
    LEFT JOIN newly_ill AS n USING (household_id) LEFT JOIN schooling AS s USING (household_id)
    LEFT JOIN dropouts AS d USING (household_id) LEFT JOIN aid AS i USING (household_id)
    LEFT JOIN work AS w USING (household_id) LEFT JOIN housing AS g USING (household_id)
    LEFT JOIN water AS t USING (household_id) LEFT JOIN disasters AS e USING (household_id)
    LEFT JOIN losses AS o USING (household_id) LEFT JOIN security AS x USING (household_id)
    LEFT JOIN petitions AS q USING (household_id) LEFT JOIN loans AS c USING (household_id)
),
amounts AS (
    SELECT *,
        coalesce(members, stated_member_count) AS member_count,
        CASE WHEN is_w_known THEN w_net ELSE net_1 END AS net_income_fen,
        CASE WHEN is_w_known THEN w_wage ELSE stated_wage END AS wage_income_fen,
        CASE WHEN is_previous_known THEN previous_net ELSE net_2 END AS previous_net_income_fen,
        CASE WHEN is_half_known THEN half_net END AS half_net_income_fen,
        coalesce(paid, 0) AS own_pay_household_fen,
        coalesce(own_fen, 0) AS education_own_fen,
        coalesce(disaster_loss, 0) AS disaster_loss_fen,
        CASE WHEN members > 0 AND labour_blank = 0 THEN labour END AS labour_persons,
        coalesce(minimum_living, 0) AS minimum_living_persons,
        coalesce(destitute, 0) AS destitute_persons,
        coalesce(checked_grade, housing_grade) AS grade_of_house
    FROM joined
)
SELECT household_id,
    member_count,
    household_class = 'alleviated' AS is_alleviated,
    household_class = 'ordinary' AS is_ordinary,
    was_monitored_ AND NOT is_risk_eliminated AS is_monitored,
    was_monitored_ AS was_monitored,
    was_monitored_ AND is_risk_eliminated AS is_eliminated,
    was_monitored_ AND is_risk_eliminated AND elimination_mode = 'natural' AS is_naturally_eliminated,
    alleviated_year, is_relocated, is_no_labour_guaranteed, has_contact_person,
    datediff('month', identified_month, $on_) AS months_since_identified,
    datediff('month', identified_month, eliminated_month) AS months_to_elimination,
    datediff('month', eliminated_month, $on_) AS months_since_elimination,
    greatest(length(risks) - length(replace(risks, '|', '')) - 1, 0) AS risk_count,
    contains(risks, '|medical|') AS has_risk_medical,
    contains(risks, '|school|') AS has_risk_school,
    contains(risks, '|disability|') AS has_risk_disability,
    contains(risks, '|labour|') AS has_risk_labour,
    contains(risks, '|employment|') AS has_risk_employment,
    contains(risks, '|housing|') AS has_risk_housing,
    contains(risks, '|water|') AS has_risk_water,
    greatest(length(measures) - length(replace(measures, '|', '')) - 1, 0) AS measure_count,
    coalesce(has_development_measure, regexp_matches(measures, '\|(industry|employment|finance|public_post)\|')) AS has_development_measure,
    contains(measures, '|health|') AS has_measure_health,
    contains(measures, '|education|') OR contains(measures, '|compulsory_education|') AS has_measure_education,
    contains(measures, '|security|') AS has_measure_security,
    contains(measures, '|housing|') OR contains(measures, '|relocation|') AS has_measure_housing,
    contains(measures, '|water|') AS has_measure_water,
    net_income_fen, wage_income_fen,
    floor_part(net_income_fen, member_count) AS net_income_per_capita_fen,
    floor_part(net_income_fen + coalesce(claims_income_fen, 0) - own_pay_household_fen, member_count) AS reference_income_per_capita_fen,
    previous_net_income_fen,
    previous_net_income_fen - net_income_fen AS income_fall_fen,
    floor_part(half_net_income_fen, member_count) AS half_year_income_per_capita_fen,
    $falling_years AS falling_years,
    stated_income_per_capita_fen,
    coalesce(paid_max, 0) AS own_pay_person_max_fen,
    own_pay_household_fen,
    coalesce(paid_in_year_max, 0) AS own_pay_year_person_max_fen,
    CASE WHEN coalesce(compliant_missing, 0) = 0 THEN coalesce(compliant_max, 0) END AS compliant_own_pay_person_max_fen,
    coalesce(inpatient_max, 0) AS inpatient_own_pay_year_max_fen,
    coalesce(outpatient_max, 0) AS outpatient_own_pay_month_max_fen,
    compliant_own_pay_fen AS stated_own_pay_fen,
    education_own_fen, disaster_loss_fen,
    coalesce(farm_loss, 0) AS farm_loss_fen,
    own_pay_household_fen + education_own_fen + disaster_loss_fen AS rigid_spending_fen,
    CASE WHEN members > 0 THEN ill END AS serious_illness_persons,
    coalesce(newly_ill, 0) AS new_serious_illness_persons,
    CASE WHEN chronic_known > 0 THEN chronic END AS chronic_illness_persons,
    CASE WHEN insurance_known > 0 THEN uninsured END AS uninsured_persons,
    has_uninsured_member,
    coalesce(paying, 0) AS noncompulsory_pupils,
    coalesce(dropouts, 0) AS dropout_persons,
    has_dropout,
    CASE WHEN members > 0 THEN disabled END AS disabled_persons,
    CASE WHEN members > 0 THEN severe END AS severe_disabled_persons,
    coalesce(newly_disabled, 0) AS new_disabled_persons,
    minimum_living_persons, destitute_persons,
    coalesce(newly, 0) AS new_minimum_living_persons,
    coalesce(refused, 0) AS refused_minimum_living_persons,
    coalesce(stopped, 0) AS stopped_minimum_living_persons,
    coalesce(temporary, 0) AS temporary_aid_times,
    labour_persons,
    CASE WHEN members > 0 AND labour_blank = 0 THEN full_labour END AS full_labour_persons,
    labour_persons = 0 AS is_without_labour,
    migrant_months_max,
    coalesce(employed, 0) AS employed_persons,
    coalesce(unemployed, 0) AS unemployed_persons,
    coalesce(changes, 0) AS job_changes,
    coalesce(lost_wage, 0) AS lost_monthly_wage_fen,
    CASE WHEN members > 0 AND (under_60 > 0 OR elderly = members) THEN elderly = members END AS is_elderly_only,
    CASE WHEN coalesce(members, 0) = 0 THEN NULL WHEN children = 0 OR working_age = 0 OR staying > 0 THEN false
        WHEN away_blank > 0 THEN NULL ELSE true END AS has_left_behind_children,
    member_count = 1 AND destitute_persons = 1 AS is_single_destitute,
    grade_of_house AS housing_grade,
    coalesce(grade_of_house IN ('C', 'D'), is_dilapidated_housing) AS is_housing_unsafe,
    coalesce(problems, 0) > 0 AS has_water_problem,
    coalesce(days, 0) AS water_days_without,
    coalesce(kinds, 0) AS water_problem_kinds,
    coalesce(events, 0) AS disaster_events,
    coalesce(is_destroyed, false) AS is_house_destroyed,
    coalesce(projects_stopped, 0) AS project_stopped_events,
    coalesce(epidemics, 0) AS epidemic_events,
    coalesce(accidents, 0) AS accident_events,
    coalesce(is_grave, false) AS has_grave_accident,
    coalesce(deaths, 0) AS labour_deaths,
    coalesce(petitions, 0) AS petitions,
    coalesce(overdue, 0) AS overdue_days_max,
    coalesce(balance_fen, 0) AS loan_balance_fen
FROM amounts;
