"""Pushing by the interface: once, whatever is sent again; taken back only as it was seen (T53)."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections

from shouwang.actions.api_answers import KEPT
from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.job_lock import ANSWERING
from shouwang.records.models import ApiAnswer, ApiToken, AuditEvent, Delivery
from tests.actions.delivery_world import known_registry, medical_file, read_all
from tests.actions.loading_world import COUNTY
from tests.api.api_world import Program, problem_of, program
from tests.exchange import samples

pytestmark = pytest.mark.django_db
FORM = {"county": COUNTY, "department": "medical"}
ROWS = {**FORM, "columns": ["姓名", "证件号码"], "rows": [["王甲", "999999197001010018"]]}


def officer(department: str = "medical") -> Program:
    return program(Role.DEPARTMENT, COUNTY, departments=[department])


def file(content: bytes | None = None, name: str = "医保_2026年10月.xlsx") -> dict[str, Any]:
    body = content if content is not None else medical_file(samples.medical(1))
    return {**FORM, "file": SimpleUploadedFile(name, body)}


def deliveries() -> int:
    with entered_system():
        return Delivery.objects.count()


def test_a_pushed_file_is_read_and_its_state_can_be_asked_for() -> None:
    known_registry()
    sending = officer()

    pushed = sending.push(file())
    assert pushed.status_code == 201
    assert pushed.json()["state"] == "received"
    read_all()
    shown = sending.client.get(pushed["Location"])

    assert shown.json()["state"] == "committed", shown.json()
    assert shown.json()["sheets"][0]["row_count"] == 1
    assert sending.get("/deliveries", {"state": "committed"}).json()["items"][0]["id"] == shown.json()["id"]


def test_pushed_rows_are_the_file_that_they_make() -> None:
    known_registry()
    sending = officer()
    rows = [[None if cell is None else str(cell) for cell in samples.medical(1)]]

    pushed = sending.post(
        "/deliveries/rows",
        {**FORM, "month": "2026-10", "columns": list(samples.MEDICAL_HEADERS), "rows": rows, "row_count": 1},
    )
    assert pushed.status_code == 201, pushed.json()
    read_all()
    shown = sending.client.get(pushed["Location"]).json()

    assert shown["state"] == "committed", shown
    assert shown["counts"]["rows"] == 1


def test_the_same_file_again_is_the_same_delivery() -> None:
    sending, content = officer(), medical_file(samples.medical(1))

    first, again = sending.push(file(content)), sending.push(file(content))

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]


def test_a_department_pushes_for_itself_only() -> None:
    response = officer("education").push(file())

    assert problem_of(response) == "forbidden"
    assert deliveries() == 0


def test_an_unfit_file_is_refused_in_words() -> None:
    response = officer().push(file(b"x", "名单.pdf"))

    assert problem_of(response) == "invalid"
    assert "只能接收表格文件" in response.json()["detail"]


def test_a_wrong_table_is_told_where_it_is_wrong_and_repeats_nothing() -> None:
    response = officer().post("/deliveries/rows", {**ROWS, "department": "王甲秘密", "rows": []})

    assert problem_of(response) == "invalid"
    assert {each["where"].rpartition(".")[2] for each in response.json()["errors"]} == {"department", "rows"}
    assert "王甲秘密" not in response.content.decode()


def test_bad_json_and_a_wrong_type_are_problems() -> None:
    client = officer().client

    for body, kind in (("{", "application/json"), ("x", "text/plain"), ("x", "multipart/form-data")):
        response = client.post("/api/v1/deliveries/rows", body, content_type=kind)
        assert problem_of(response) in {"bad-request", "invalid", "media-type"}


def test_a_request_sent_again_with_its_key_is_answered_the_same_and_done_once() -> None:
    sending, key = officer(), str(uuid4())

    first = sending.post("/deliveries/rows", ROWS, **{"Idempotency-Key": key})
    events = AuditEvent.objects.count()
    again = sending.post("/deliveries/rows", ROWS, **{"Idempotency-Key": key})

    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first["Location"] == again["Location"]
    assert again["Idempotent-Replayed"] == "true"
    assert (deliveries(), AuditEvent.objects.count()) == (1, events)


def test_a_file_sent_again_with_its_key_is_known_by_its_content() -> None:
    sending, key, content = officer(), str(uuid4()), medical_file(samples.medical(1))

    first = sending.push(file(content), **{"Idempotency-Key": key})
    again = sending.push(file(content), **{"Idempotency-Key": key})
    other = sending.push(file(content, "另一个.xlsx"), **{"Idempotency-Key": key})

    assert (first.status_code, again.status_code) == (201, 201)
    assert again["Idempotent-Replayed"] == "true"
    assert problem_of(other) == "key-reused"


def test_a_key_used_for_another_request_is_refused() -> None:
    sending, key = officer(), str(uuid4())
    sending.post("/deliveries/rows", ROWS, **{"Idempotency-Key": key})

    other = sending.post("/deliveries/rows", {**ROWS, "sender": "二院"}, **{"Idempotency-Key": key})

    assert problem_of(other) == "key-reused"
    assert other.status_code == 422
    assert deliveries() == 1


def test_a_refusal_is_repeated_too() -> None:
    sending, key = officer("education"), str(uuid4())

    found = [sending.post("/deliveries/rows", {**ROWS, "rows": []}, **{"Idempotency-Key": key}) for _ in "ab"]

    assert [each.status_code for each in found] == [422, 422]
    assert found[1]["Idempotent-Replayed"] == "true"


def test_a_key_of_one_token_is_none_of_anothers() -> None:
    key = str(uuid4())
    first = officer().post("/deliveries/rows", ROWS, **{"Idempotency-Key": key})
    second = officer().post("/deliveries/rows", {**ROWS, "sender": "二院"}, **{"Idempotency-Key": key})

    assert "Idempotent-Replayed" not in second
    assert second.status_code == 200
    assert first.json()["id"] == second.json()["id"]


def test_the_same_request_at_the_same_time_is_told_to_wait() -> None:
    """Another connection holds the key, as the process that is answering it does."""
    from shouwang.actions.api_answers import _number

    sending, key = officer(), str(uuid4())
    token = ApiToken.objects.get()
    other = connections["default"].copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [ANSWERING, _number(token, key)])
        response = sending.post("/deliveries/rows", ROWS, **{"Idempotency-Key": key})
    finally:
        other.close()

    assert problem_of(response) == "under-way"
    assert (response.status_code, deliveries()) == (409, 0)
    assert sending.post("/deliveries/rows", ROWS, **{"Idempotency-Key": key}).status_code == 201


def test_a_request_whose_answer_was_lost_with_the_server_is_answered_anew() -> None:
    sending, key = officer(), str(uuid4())
    sending.post("/deliveries/rows", ROWS, **{"Idempotency-Key": key})
    ApiAnswer.objects.update(status=None, body_sealed=None)

    again = sending.post("/deliveries/rows", ROWS, **{"Idempotency-Key": key})

    assert (again.status_code, deliveries()) == (200, 1)


def test_answers_are_kept_for_a_week_and_no_names_lie_open_in_them() -> None:
    sending = officer()
    sending.post("/deliveries/rows", {**ROWS, "sender": "秘密单位"}, **{"Idempotency-Key": "first"})
    row = ApiAnswer.objects.get()
    assert "秘密单位".encode() not in bytes(row.body_sealed)

    ApiAnswer.objects.update(asked_at=row.asked_at - KEPT * 7 / 8)
    sending.post("/deliveries/rows", ROWS, **{"Idempotency-Key": "second"})
    assert ApiAnswer.objects.filter(key="first").exists()

    ApiAnswer.objects.filter(key="first").update(asked_at=row.asked_at - KEPT * 9 / 8)
    sending.post("/deliveries/rows", ROWS, **{"Idempotency-Key": "third"})
    assert not ApiAnswer.objects.filter(key="first").exists()


def committed() -> tuple[Program, Any]:
    known_registry()
    sending = officer()
    pushed = sending.push(file())
    read_all()
    return sending, sending.client.get(pushed["Location"])


def test_a_delivery_is_taken_back_only_as_it_was_seen() -> None:
    sending, shown = committed()
    path, why = f"/deliveries/{shown.json()['id']}/withdraw", {"reason": "推错了月份"}

    assert problem_of(sending.post(path, why)) == "precondition-required"
    assert problem_of(sending.post(path, why, **{"If-Match": '"old"'})) == "precondition-failed"
    done = sending.post(path, why, **{"If-Match": shown["ETag"]})

    assert (done.status_code, done.json()["state"]) == (200, "withdrawn")
    assert problem_of(sending.post(path, why, **{"If-Match": shown["ETag"]})) == "precondition-failed"
    assert problem_of(sending.post(path, why, **{"If-Match": "*"})) == "invalid"


def test_another_departments_delivery_cannot_be_seen_nor_taken_back() -> None:
    _, shown = committed()
    other = officer("education")
    path = f"/deliveries/{shown.json()['id']}"

    assert problem_of(other.get(path)) == "not-found"
    assert problem_of(other.get(f"{path}/errors")) == "not-found"
    answer = other.post(f"{path}/withdraw", {"reason": "不该可以"}, **{"If-Match": "*"})
    assert problem_of(answer) == "not-found"


def test_the_errors_of_a_delivery_are_told_by_row() -> None:
    known_registry()
    sending = officer()
    stranger = list(samples.medical(1))
    stranger[samples.MEDICAL_HEADERS.index("证件号码")] = samples.number(999)
    pushed = sending.push(file(medical_file(samples.medical(1), stranger)))
    read_all()

    body = sending.get(f"/deliveries/{pushed.json()['id']}/errors").json()

    assert sum(each["count"] for each in body["unmatched"]) == 1
