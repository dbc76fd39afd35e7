import json
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

OPERATIONS = {
    ("get", "/api/v1/search"): "search",
    ("get", "/api/v1/search/export"): "export_search",
    ("get", "/api/v1/saved-searches"): "list_saved_searches",
    ("post", "/api/v1/saved-searches"): "save_search",
    ("get", "/api/v1/saved-searches/{number}"): "get_saved_search",
    ("patch", "/api/v1/saved-searches/{number}"): "rename_saved_search",
    ("delete", "/api/v1/saved-searches/{number}"): "remove_saved_search",
    ("post", "/api/v1/saved-searches/{number}/visit"): "visit_saved_search",
    ("get", "/api/v1/subscriptions"): "list_subscriptions",
    ("post", "/api/v1/subscriptions"): "subscribe",
    ("get", "/api/v1/subscriptions/{number}"): "get_subscription",
    ("patch", "/api/v1/subscriptions/{number}"): "change_subscription",
    ("delete", "/api/v1/subscriptions/{number}"): "unsubscribe",
    ("post", "/api/v1/subscriptions/{number}/test"): "test_subscription",
    ("get", "/api/v1/subscriptions/{number}/deliveries"): "list_deliveries",
    ("post", "/api/v1/subscriptions/{number}/deliveries/{delivery}/retry"): "retry_delivery",
    ("get", "/api/v1/recent-searches"): "list_recent_searches",
    ("delete", "/api/v1/recent-searches"): "forget_recent_searches",
    ("get", "/api/v1/items/{ref}/feedback"): "get_feedback",
    ("put", "/api/v1/items/{ref}/feedback"): "give_feedback",
    ("get", "/api/v1/items/{ref}/applications"): "list_applications_of_item",
    ("post", "/api/v1/items/{ref}/applications"): "record_application",
    ("get", "/api/v1/applications"): "list_applications",
    ("get", "/api/v1/me"): "get_me",
    ("get", "/api/v1/users"): "list_users",
    ("post", "/api/v1/users"): "add_user",
    ("get", "/api/v1/users/{login}"): "get_user",
    ("patch", "/api/v1/users/{login}"): "change_user",
    ("put", "/api/v1/users/{login}/password"): "set_password",
    ("get", "/api/v1/groups"): "list_groups",
    ("post", "/api/v1/groups"): "add_group",
    ("get", "/api/v1/tokens"): "list_tokens",
    ("post", "/api/v1/tokens"): "make_token",
    ("delete", "/api/v1/tokens/{number}"): "revoke_token",
    ("get", "/api/v1/audit-events"): "list_audit_events",
    ("get", "/api/v1/audit-events/verification"): "verify_audit_events",
    ("get", "/api/v1/applications/ledger"): "get_ledger",
    ("get", "/api/v1/applications/export"): "export_applications",
    ("get", "/api/v1/applications/{number}"): "get_application",
    ("patch", "/api/v1/applications/{number}"): "change_outcome",
    ("post", "/api/v1/applications/{number}/approval"): "approve_application",
    ("get", "/api/v1/reviews"): "list_reviews",
    ("get", "/api/v1/reviews/owners"): "list_owners",
    ("post", "/api/v1/items/{ref}/reviews"): "confirm_item",
    ("post", "/api/v1/reviews/reassignments"): "reassign_items",
    ("get", "/api/v1/practices/recommendations"): "recommend_practices",
    ("get", "/api/v1/adoption-plans"): "list_adoption_plans",
    ("post", "/api/v1/adoption-plans"): "draft_adoption_plan",
    ("get", "/api/v1/adoption-plans/{code}"): "get_adoption_plan",
    ("patch", "/api/v1/adoption-plans/{code}"): "reschedule_adoption_plan",
    ("get", "/api/v1/adoption-plans/{code}/export"): "export_adoption_plan",
    ("post", "/api/v1/adoption-plans/{code}/steps"): "add_adoption_step",
    ("put", "/api/v1/adoption-plans/{code}/steps/{number}"): "change_adoption_step",
    ("delete", "/api/v1/adoption-plans/{code}/steps/{number}"): "remove_adoption_step",
    ("put", "/api/v1/adoption-plans/{code}/steps/{number}/progress"): "mark_adoption_step",
    ("put", "/api/v1/adoption-plans/{code}/kpis/{number}"): "set_adoption_kpi",
    ("post", "/api/v1/adoption-plans/{code}/kpis/{number}/readings"): "read_adoption_kpi",
    ("get", "/api/v1/assessment-questions"): "list_assessment_questions",
    ("get", "/api/v1/assessments"): "list_assessments",
    ("post", "/api/v1/assessments"): "assess",
    ("get", "/api/v1/assessments/{number}"): "get_assessment",
    ("get", "/api/v1/competences"): "list_competences",
    ("get", "/api/v1/competences/{name}"): "get_competence",
    ("post", "/api/v1/competences/imports"): "import_competences",
    ("get", "/api/v1/roles"): "list_roles",
    ("get", "/api/v1/roles/{name}"): "get_role",
    ("get", "/api/v1/career-ladder"): "get_career_ladder",
    ("get", "/api/v1/training"): "list_training",
    ("get", "/api/v1/training/export"): "export_training",
    ("get", "/api/v1/training/{ref}"): "get_training",
    ("get", "/api/v1/training/{ref}/prerequisites"): "list_prerequisites",
    ("get", "/api/v1/competences/{name}/prerequisites"): "list_competence_prerequisites",
    ("get", "/api/v1/certifications"): "list_certifications",
    ("get", "/api/v1/certifications/{name}"): "get_certification",
    ("get", "/api/v1/learning-paths"): "find_learning_paths",
    ("get", "/api/v1/learning-paths/export"): "export_learning_path",
    ("get", "/api/v1/learning-paths/kept"): "list_kept_paths",
    ("post", "/api/v1/learning-paths/kept"): "keep_learning_path",
    ("get", "/api/v1/learning-paths/kept/{code}"): "get_kept_path",
    ("patch", "/api/v1/learning-paths/kept/{code}"): "change_kept_path",
    ("delete", "/api/v1/learning-paths/kept/{code}"): "remove_kept_path",
    ("post", "/api/v1/learning-paths/kept/{code}/solution"): "solve_kept_path",
    ("get", "/api/v1/learning-paths/kept/{code}/export"): "export_kept_path",
    ("get", "/api/v1/teaching-plans"): "plan_teaching",
    ("get", "/api/v1/items/{ref}/teaching"): "list_teaching",
    ("get", "/api/v1/learning-units"): "list_learning_units",
    ("get", "/api/v1/items/{ref}/learning-units"): "list_units_of_lesson",
    ("post", "/api/v1/items/{ref}/learning-units"): "draw_learning_unit",
    ("post", "/api/v1/items/{ref}/publication"): "publish_learning_unit",
    ("get", "/api/v1/items/{ref}/learning-unit"): "export_learning_unit",
    ("get", "/api/v1/teaching-plans/export"): "export_teaching_plan",
    ("get", "/api/v1/learners"): "list_learners",
    ("post", "/api/v1/learners/assessments"): "assess_learner",
    ("get", "/api/v1/learners/{number}"): "get_learner",
    ("get", "/api/v1/teams/{name}"): "get_team",
    ("get", "/api/v1/learners/{number}/learning"): "get_learning",
    ("get", "/api/v1/my-learning"): "get_my_learning",
    ("get", "/api/v1/learners/{number}/cpd"): "get_professional_development",
    ("get", "/api/v1/cpd-schemes"): "list_cpd_schemes",
    ("get", "/api/v1/learners/{number}/reminders"): "list_reminders",
    ("get", "/api/v1/learners/{number}/calendar"): "get_calendar",
    ("post", "/api/v1/my-learning/calendar-address"): "open_calendar",
    ("delete", "/api/v1/my-learning/calendar-address"): "close_calendar",
    ("post", "/api/v1/learning-records"): "record_learning",
    ("delete", "/api/v1/learning-records/{number}"): "withdraw_learning",
    ("post", "/api/v1/learning-records/{number}/confirmation"): "confirm_learning",
    ("post", "/api/v1/certificates"): "keep_certificate",
    ("patch", "/api/v1/certificates/{number}"): "renew_certificate",
    ("delete", "/api/v1/certificates/{number}"): "withdraw_certificate",
    ("post", "/api/v1/certificates/{number}/confirmation"): "confirm_certificate",
    ("post", "/api/v1/items/{ref}/readings"): "confirm_reading",
    ("get", "/api/v1/items/{ref}/readers"): "list_readers",
    ("post", "/api/v1/assignments"): "assign_learning",
    ("get", "/api/v1/assignments/overdue"): "list_overdue_assignments",
    ("get", "/api/v1/assignments/{number}"): "get_assignment",
    ("delete", "/api/v1/assignments/{number}"): "withdraw_assignment",
    ("post", "/api/v1/assignments/{number}/begin"): "begin_assignment",
    ("get", "/api/v1/cohorts"): "list_cohorts",
    ("put", "/api/v1/cohorts"): "keep_cohort",
    ("get", "/api/v1/cohorts/{number}"): "get_cohort",
    ("delete", "/api/v1/cohorts/{number}"): "dissolve_cohort",
    ("get", "/api/v1/projects"): "list_projects",
    ("get", "/api/v1/projects/{name}/similar"): "list_similar_projects",
    ("get", "/api/v1/suggestions"): "list_suggestions",
    ("get", "/api/v1/synonyms"): "list_synonyms",
    ("post", "/api/v1/lessons"): "create_lesson",
    ("post", "/api/v1/lessons/check"): "check_lesson",
    ("get", "/api/v1/lessons/drafts"): "list_my_drafts",
    ("get", "/api/v1/lessons/register"): "export_register",
    ("post", "/api/v1/imports/previews"): "preview_import",
    ("post", "/api/v1/imports/{job_id}/preview"): "preview_import_again",
    ("post", "/api/v1/imports/{job_id}/start"): "import_previewed",
    ("put", "/api/v1/items/{ref}"): "update_item",
    ("get", "/api/v1/items"): "list_items",
    ("get", "/api/v1/items/{ref}"): "get_item",
    ("get", "/api/v1/items/{ref}/versions"): "list_versions",
    ("get", "/api/v1/items/{ref}/versions/{number}"): "get_version",
    ("get", "/api/v1/items/{ref}/file"): "get_file",
    ("get", "/api/v1/items/{ref}/similar"): "list_similar",
    ("get", "/api/v1/items/{ref}/form"): "get_form",
    ("post", "/api/v1/items/{ref}/form"): "fill_form",
    ("get", "/api/v1/lessons"): "list_lessons",
    ("get", "/api/v1/items/{ref}/moves"): "list_moves",
    ("post", "/api/v1/items/{ref}/moves"): "make_move",
    ("get", "/api/v1/items/{ref}/history"): "get_history",
    ("post", "/api/v1/items/{ref}/comments"): "add_comment",
    ("get", "/api/v1/items/{ref}/versions/{number}/compare/{other}"): "compare_versions",
    ("get", "/api/v1/items/{ref}/actions"): "list_actions_of_lesson",
    ("post", "/api/v1/items/{ref}/actions"): "add_action",
    ("get", "/api/v1/actions"): "list_actions",
    ("get", "/api/v1/actions/{number}"): "get_action",
    ("patch", "/api/v1/actions/{number}"): "change_action",
    ("get", "/api/v1/items/{ref}/changes"): "list_changes_of_item",
    ("get", "/api/v1/items/{ref}/paragraphs"): "list_paragraphs",
    ("get", "/api/v1/items/{ref}/paragraphs/{number}"): "get_paragraph",
    ("post", "/api/v1/actions/{number}/changes"): "propose_change",
    ("get", "/api/v1/changes"): "list_changes",
    ("get", "/api/v1/changes/{number}"): "get_change",
    ("patch", "/api/v1/changes/{number}"): "decide_change",
    ("get", "/api/v1/items/{ref}/relations"): "list_relations",
    ("post", "/api/v1/items/{ref}/relations"): "add_relation",
    ("delete", "/api/v1/items/{ref}/relations/{link}/{other}"): "remove_relation",
    ("post", "/api/v1/imports"): "start_import",
    ("get", "/api/v1/imports"): "list_imports",
    ("get", "/api/v1/imports/{job_id}"): "get_import",
    ("get", "/api/v1/evaluations"): "list_evaluations",
    ("get", "/api/v1/evaluations/{run_id}"): "get_evaluation",
    ("get", "/api/v1/querysets"): "list_querysets",
    ("get", "/api/v1/insight/trends"): "get_trends",
    ("get", "/api/v1/insight/themes"): "list_themes",
    ("get", "/api/v1/insight/themes/{key}"): "list_lessons_of_theme",
    ("get", "/api/v1/insight/progress"): "get_progress",
    ("get", "/api/v1/insight/coverage"): "get_coverage",
    ("get", "/api/v1/insight/lessons"): "list_lessons_of_figure",
    ("get", "/api/v1/disagreements"): "list_disagreements",
    ("patch", "/api/v1/disagreements/{number}"): "decide_disagreement",
    ("get", "/api/v1/proposals"): "list_proposals",
    ("post", "/api/v1/proposals"): "mine_documents",
    ("get", "/api/v1/proposals/{number}"): "get_proposal",
    ("patch", "/api/v1/proposals/{number}"): "decide_proposal",
    ("post", "/api/v1/proposals/{number}/lesson"): "accept_proposal",
    ("get", "/api/v1/insight/gaps"): "list_gaps",
    ("get", "/api/v1/insight/gaps/{number}"): "get_gap",
    ("patch", "/api/v1/insight/gaps/{number}"): "change_gap",
    ("get", "/api/v1/models"): "list_models",
    ("get", "/api/v1/session-kinds"): "list_session_kinds",
    ("get", "/api/v1/sessions"): "list_sessions",
    ("post", "/api/v1/sessions"): "open_session",
    ("get", "/api/v1/sessions/{code}"): "get_session",
    ("patch", "/api/v1/sessions/{code}"): "change_session",
    ("put", "/api/v1/sessions/{code}/plan"): "edit_session",
    ("post", "/api/v1/sessions/{code}/notes"): "add_note",
    ("patch", "/api/v1/sessions/{code}/notes/{number}"): "move_note",
    ("delete", "/api/v1/sessions/{code}/notes/{number}"): "remove_note",
    ("put", "/api/v1/sessions/{code}/notes/{number}/vote"): "vote_for_note",
    ("delete", "/api/v1/sessions/{code}/notes/{number}/vote"): "take_vote_back",
    ("get", "/api/v1/sessions/{code}/suggested-groups"): "suggest_groups",
    ("post", "/api/v1/sessions/{code}/groups"): "make_group",
    ("patch", "/api/v1/sessions/{code}/groups/{number}"): "rename_group",
    ("post", "/api/v1/sessions/{code}/lessons"): "make_lesson_of_notes",
    ("get", "/api/v1/sessions/{code}/report"): "get_session_report",
    ("get", "/api/v1/sessions/{code}/events"): "follow_session",
    ("get", "/api/v1/briefs"): "list_briefs",
    ("post", "/api/v1/briefs"): "draw_brief",
    ("post", "/api/v1/briefs/upload"): "draw_brief_from_file",
    ("get", "/api/v1/briefs/{code}"): "get_brief",
    ("post", "/api/v1/briefs/{code}/look"): "look_up_brief",
    ("get", "/api/v1/briefs/{code}/news"): "get_brief_news",
    ("post", "/api/v1/briefs/{code}/needs"): "add_brief_need",
    ("patch", "/api/v1/briefs/{code}/needs/{number}"): "change_brief_need",
    ("post", "/api/v1/briefs/{code}/needs/{number}/gap"): "offer_brief_need",
    ("put", "/api/v1/briefs/{code}/entries/{ref}/verdict"): "decide_on_lesson",
    ("get", "/api/v1/briefs/{code}/entries/{ref}/verdicts"): "list_verdicts",
    ("post", "/api/v1/briefs/{code}/sign-offs"): "sign_brief",
    ("post", "/api/v1/briefs/{code}/versions"): "renew_brief",
    ("get", "/api/v1/briefs/{code}/export"): "export_brief",
    ("get", "/api/v1/briefs/{code}/pre-mortem"): "get_pre_mortem",
    ("get", "/api/v1/briefs/{code}/pre-mortem/export"): "export_pre_mortem",
    ("get", "/api/v1/briefs/{code}/projects"): "list_projects_like_brief",
    ("get", "/api/v1/health"): "get_health",
}
"""Programs depend on these: a change here is a change for them."""


@pytest.fixture(scope="module")
def document(reading: TestClient) -> dict[str, Any]:
    return reading.get("/api/v1/openapi.json").json()


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method, path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_the_operations_are_those_that_programs_know(document: dict[str, Any]) -> None:
    found = {where: operation["operationId"] for where, operation in operations(document).items()}
    assert found == OPERATIONS


def test_every_operation_says_what_it_does_and_how_it_fails(document: dict[str, Any]) -> None:
    for operation in operations(document).values():
        assert operation["summary"]
        assert operation["description"]
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert list(response["content"]) == ["application/problem+json"]


def test_every_parameter_is_described(document: dict[str, Any]) -> None:
    for operation in operations(document).values():
        for parameter in operation.get("parameters", []):
            assert parameter.get("description"), parameter["name"]


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    references = re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document))
    assert "ProblemOut" in references
    assert set(references) <= set(document["components"]["schemas"])


def test_the_page_about_the_api_lists_every_operation(reading: TestClient) -> None:
    page = reading.get("/api").text
    assert all(path in page for _, path in OPERATIONS)
