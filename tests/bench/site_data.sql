-- What fills a site for the page benchmark: one statement a table; %(name)s are given by site_data.py.

-- households
INSERT INTO records_household (number, division, group_name, head_name, head_pinyin, phone_key,
    household_class, monitored_class, monitoring, risks, grade, member_count, identified_on,
    national_number, is_present, version)
SELECT 'HH' || lpad(n::text, 8, '0'),
    (%(villages)s::text[])[1 + n %% cardinality(%(villages)s::text[])], (1 + n / 1000 %% 12) || '组',
    (%(surnames)s::text[])[1 + n %% 20] || (%(stems)s::text[])[1 + n / 20 %% 10] || n,
    substr('wlzcyhxzsg', 1 + n %% 10, 1) || substr('jybdwgxrk', 1 + n / 20 %% 9, 1), '',
    CASE WHEN n %% 5 = 0 THEN '脱贫户' ELSE '一般农户' END, CASE WHEN n %% 40 = 0 THEN '边缘易致贫户' ELSE '' END,
    CASE WHEN n %% 40 = 0 THEN 'monitored' WHEN n %% 41 = 0 THEN 'eliminated' ELSE 'none' END,
    CASE WHEN n %% 40 = 0 THEN ARRAY['medical'] ELSE '{}'::varchar[] END,
    CASE WHEN n %% 50 = 0 THEN 'red' WHEN n %% 17 = 0 THEN 'yellow' WHEN n %% 13 = 0 THEN 'blue' ELSE '' END,
    3, CASE WHEN n %% 40 = 0 THEN DATE '2026-05-01' + n %% 100 END, '', true, 1
FROM generate_series(1, %(households)s) n;

-- household versions
INSERT INTO records_householdversion (household_id, division, from_on, change, note, collected_by,
    recorded_at, group_name, head_name, household_class, monitored_class, stated_member_count, has_safe_water)
SELECT id, division, DATE '2026-01-01', 'load', '', '', now(), group_name, head_name, household_class,
    monitored_class, member_count, true FROM records_household;

-- persons
INSERT INTO records_member (code, household_id, division, name, pinyin, sex, birth_date, relation, id_key,
    id_tail_key, phone_key, is_present)
SELECT 'P' || lpad(n::text, 9, '0'), h.id, h.division,
    CASE WHEN n <= %(households)s THEN h.head_name ELSE (%(surnames)s::text[])[1 + n %% 20] || '乙' || n END,
    h.head_pinyin, CASE WHEN n %% 2 = 0 THEN 'male' ELSE 'female' END, DATE '1950-01-01' + n %% 25000,
    CASE WHEN n <= %(households)s THEN '户主' ELSE '之子' END, md5('id' || n), md5('tail' || n %% 11000), '', true
FROM generate_series(1, %(persons)s) n JOIN records_household h ON h.id = %(first)s + (n - 1) %% %(households)s;

-- person versions
INSERT INTO records_memberversion (member_id, household_id, division, from_on, change, note, collected_by,
    recorded_at, name, sex, birth_date, relation)
SELECT id, household_id, division, DATE '2026-01-01', 'load', '', '', now(), name, sex, birth_date, relation
FROM records_member;

-- clues
INSERT INTO records_clue (number, household_id, division, named, named_pinyin, risks, grade, state, turn,
    received_on, due_on, escalated_to, is_urgent, verdict, verdict_reason, version)
SELECT 'XS' || id, id, division, '', '', ARRAY['medical'], coalesce(nullif(grade, ''), 'blue'),
    (ARRAY['received', 'dispatched', 'checked', 'closed'])[1 + id %% 4],
    (ARRAY['township', 'village', 'township', ''])[1 + id %% 4],
    %(today)s::date - (id %% 30)::int, %(today)s::date + (id %% 25)::int - 8, '', false, '', '', 1
FROM records_household WHERE id %% 6 = 0;

-- origins of clues
INSERT INTO records_clueorigin (clue_id, division, source, rule, department, text, receipt, received_at, feedback)
SELECT id, division, 'screening', 'r', '', '', '', now(), '' FROM records_clue;

-- cases
INSERT INTO records_case (number, household_id, division, track, pack, pack_digest, traits, episode, status,
    is_decided, is_green_channel, is_under_notice, has_open_objection, turn_roles, turn_steps, turn_label,
    due_on, escalated_to, opened_on, version)
SELECT 'GA' || id, id, division, 'identification', 'cn-2021', repeat('0', 64), '{}', 1, 'open', false, false,
    id %% 3 = 0, false, ARRAY[(ARRAY['village', 'township', 'county_office'])[1 + id %% 3]],
    ARRAY['appraisal'], '民主评议', %(today)s::date + (id %% 20)::int - 5, '', %(today)s::date - 10, 1
FROM records_household WHERE id %% 60 = 0;
