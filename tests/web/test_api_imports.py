import time
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kb import jobs
from kb.access import LOCAL_USER
from kb.database import transaction
from web.app import create_app
from web.base.runner import upload_folder
from web.wiring import Services

LESSON = b"""---
kind: lesson
title: "Cables were delivered without their drums"
---

## Event

The cables came without drums and could not be laid for a week.

## Recommendation

Ask for the drums in the order.
"""


def ended(client: TestClient, address: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while (job := client.get(address).json())["state"] not in ("done", "failed"):
        assert time.monotonic() < deadline, job
        time.sleep(0.1)
    return job


def imported(client: TestClient, *files: tuple[str, bytes]) -> dict[str, Any]:
    answer = client.post("/api/v1/imports", files=[("files", file) for file in files])
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"/api/v1/imports/{answer.json()['id']}"
    return ended(client, answer.headers["location"])


def test_an_uploaded_lesson_can_be_found(client: TestClient, services: Services) -> None:
    job = imported(client, ("cables.md", LESSON))
    assert job["state"] == "done"
    assert job["files_done"] == job["files_total"] == 1
    assert [file["state"] for file in job["report"]["files"]] == ["added"]
    found = client.get("/api/v1/search", params={"q": "cable drums"}).json()
    assert found["hits"][0]["item"]["title"] == "Cables were delivered without their drums"
    assert list(upload_folder(services).iterdir()) == []


def test_the_same_name_again_becomes_a_new_version_and_other_uploads_stay(client: TestClient) -> None:
    imported(client, ("cables.md", LESSON))
    imported(client, ("other.md", LESSON.replace(b"Cables", b"Pipes")))
    job = imported(client, ("cables.md", LESSON.replace(b"a week", b"two weeks")))
    assert [file["state"] for file in job["report"]["files"]] == ["updated"]
    found = client.get("/api/v1/items").json()
    assert found["total"] == 2
    ref = next(item["ref"] for item in found["items"] if item["title"].startswith("Cables"))
    assert [v["number"] for v in client.get(f"/api/v1/items/{ref}/versions").json()] == [2, 1]


def test_a_broken_file_is_reported_and_stops_nothing_else(client: TestClient) -> None:
    job = imported(client, ("broken.pdf", b"%PDF-1.7 and then nothing"), ("cables.md", LESSON))
    assert job["state"] == "done"
    states = {file["name"]: file for file in job["report"]["files"]}
    assert states["cables.md"]["state"] == "added"
    assert states["broken.pdf"]["state"] == "failed"
    assert states["broken.pdf"]["reason"]
    assert job["report"]["failed"] is True


def test_names_never_keep_their_path(client: TestClient, services: Services, tmp_path: Path) -> None:
    imported(client, ("../../../outside.md", LESSON))
    assert not list(tmp_path.parent.glob("**/outside.md"))
    item = client.get("/api/v1/items").json()["items"][0]
    assert item["file_name"] == "outside.md"


def test_two_files_of_one_name_are_both_kept(client: TestClient) -> None:
    job = imported(client, ("a/x.md", LESSON), ("b/x.md", LESSON.replace(b"Cables", b"Pipes")))
    assert sorted(file["name"] for file in job["report"]["files"]) == ["x (2).md", "x.md"]


def problem(client: TestClient, **request: Any) -> tuple[int, str]:
    answer = client.post("/api/v1/imports", **request)
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["detail"]


def test_an_upload_without_files_is_refused(client: TestClient) -> None:
    status, sentence = problem(client, files={"note": (None, "text")})
    assert status == 400
    assert "No file was sent" in sentence


def test_a_body_that_is_no_form_is_refused(client: TestClient) -> None:
    assert problem(client, json={"files": []})[0] == 415
    assert problem(client, content=b"x", headers={"content-type": "multipart/form-data"})[0] == 415


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"garbage",
        b"--b\r\nContent-Disposition: form-data; name=files; filename=a.md\r\n\r\ncut off",
        b"--b\r\n" + b"x" * 100_000,
    ],
)
def test_a_damaged_form_is_refused_and_leaves_nothing(
    client: TestClient, services: Services, body: bytes
) -> None:
    status, sentence = problem(
        client, content=body, headers={"content-type": "multipart/form-data; boundary=b"}
    )
    assert status == 400
    assert sentence
    assert list(upload_folder(services).iterdir()) == []


def test_only_types_that_can_be_read_are_taken(client: TestClient) -> None:
    status, sentence = problem(client, files={"files": ("photo.png", b"\x89PNG")})
    assert status == 415
    assert "photo.png" in sentence


def test_a_file_over_the_limit_is_refused_by_name(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = services.settings.limits.model_copy(update={"file_mb": 1})
    services.settings = services.settings.model_copy(update={"limits": limits})
    with TestClient(create_app(services), base_url="http://localhost") as client:
        status, sentence = problem(client, files={"files": ("big.md", b"x" * 1_100_000)})
        assert status == 413
        assert "big.md" in sentence
        assert list(upload_folder(services).iterdir()) == []
        assert imported(client, ("small.md", LESSON))["state"] == "done"


def test_too_many_files_are_refused(client: TestClient) -> None:
    status, sentence = problem(client, files=[("files", (f"{n}.md", b"# x")) for n in range(201)])
    assert status == 413
    assert "zip" in sentence


def test_an_unknown_import_is_not_found(client: TestClient) -> None:
    assert client.get("/api/v1/imports/none").status_code == 404
    assert client.get("/imports/none").status_code == 404


def test_an_import_that_a_stopped_server_left_is_closed_with_its_reason(services: Services) -> None:
    with transaction(services.sessions) as session:
        job = jobs.create(session, LOCAL_USER, 3)
    with TestClient(create_app(services), base_url="http://localhost") as client:
        left = client.get(f"/api/v1/imports/{job.id}").json()
    assert left["state"] == "failed"
    assert "server stopped" in left["report"]["error"]


def test_the_upload_form_leads_to_the_progress_page_and_its_report(client: TestClient) -> None:
    answer = client.post("/imports", files={"files": ("cables.md", LESSON)})
    assert answer.status_code == 303
    page = answer.headers["location"]
    ended(client, f"/api/v1{page}")
    assert "cables.md" in client.get(page).text
    assert "1 lesson" in client.get(page).text
    assert page in client.get("/imports").text


def test_newest_imports_come_first(client: TestClient) -> None:
    first = imported(client, ("a.md", LESSON))["id"]
    second = imported(client, ("b.md", LESSON))["id"]
    assert [job["id"] for job in client.get("/api/v1/imports").json()] == [second, first]
