"""An OpenID provider (django-oauth-toolkit) with one user: `python -m tests.web.openid_provider`.

Takes its port, the address to send people back to and the user's password as arguments; says `ready`.
"""

import sys
from importlib import import_module
from typing import Any
from wsgiref.simple_server import make_server

from joserfc.jwk import RSAKey

CLIENT = "hindsight"
SECRET = "a secret of two programs"  # noqa: S105 - of this process alone
SUBJECT = "anna"

urlpatterns: list[Any] = []


def main(port: int, back: str, password: str) -> None:
    """Serve until killed."""
    django: Any = import_module("django")
    conf: Any = import_module("django.conf")
    conf.settings.configure(
        SECRET_KEY=SECRET,
        DEBUG=False,
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        INSTALLED_APPS=[
            "django.contrib.admin",
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.messages",
            "django.contrib.sessions",
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        MIGRATION_MODULES=dict.fromkeys(("admin", "auth", "contenttypes", "sessions", "oauth2_provider")),
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],  # quick; nobody steals it
        LOGIN_URL="/admin/login/",
        STATIC_URL="/static/",
        USE_TZ=True,
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_ISS_ENDPOINT": f"http://127.0.0.1:{port}/o",
            "OIDC_RSA_PRIVATE_KEY": RSAKey.generate_key(2048).as_pem(private=True).decode(),
            "OAUTH2_VALIDATOR_CLASS": f"{__name__}.Validator",
            "PKCE_REQUIRED": True,
            "SCOPES": {"openid": "who", "profile": "name", "email": "address"},
            "ALLOWED_REDIRECT_URI_SCHEMES": ["http"],
        },
    )
    django.setup()
    import_module("django.core.management").call_command("migrate", run_syncdb=True, verbosity=0)
    _fill(back, password)
    include: Any = import_module("django.urls")
    admin: Any = import_module("django.contrib.admin")
    urlpatterns.append(include.path("o/", include.include("oauth2_provider.urls")))
    urlpatterns.append(include.path("admin/", admin.site.urls))
    application: Any = import_module("django.core.wsgi").get_wsgi_application()
    with make_server("127.0.0.1", port, application) as server:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        server.serve_forever()


def _fill(back: str, password: str) -> None:
    auth: Any = import_module("django.contrib.auth")
    groups: Any = import_module("django.contrib.auth.models")
    models: Any = import_module("oauth2_provider.models")
    people: Any = auth.get_user_model().objects
    anna = people.create_superuser(SUBJECT, "anna@example.org", password, first_name="Anna", last_name="Berg")
    anna.groups.add(groups.Group.objects.create(name="pmo-coordinators"))
    models.get_application_model().objects.create(
        client_id=CLIENT,
        client_secret=SECRET,
        user=anna,
        redirect_uris=back,
        client_type="confidential",
        authorization_grant_type="authorization-code",
        algorithm="RS256",
        skip_authorization=True,
    )


def _validator() -> Any:
    plain: Any = import_module("oauth2_provider.oauth2_validators").OAuth2Validator

    def claims(_self: object, request: Any) -> dict[str, object]:
        """What it tells of somebody beside who they are."""
        return {
            "name": request.user.get_full_name(),
            "preferred_username": request.user.username,
            "email": request.user.email,
            "email_verified": True,
            "teams": [group.name for group in request.user.groups.all()],
        }

    return type("Validator", (plain,), {"get_additional_claims": claims, "oidc_claim_scope": None})


def __getattr__(name: str) -> Any:
    """`Validator`, once Django is set up."""
    if name != "Validator":
        raise AttributeError(name)
    return _validator()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
