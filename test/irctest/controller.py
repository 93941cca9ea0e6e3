"""Runs chatserv under irctest: see README.md."""

import atexit
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Optional, Type

from irctest import patma
from irctest.basecontrollers import BaseServerController, DirectoryBasedController
from irctest.runner import NotImplementedByController
from irctest.specifications import Capabilities, OptionalBehaviors

PROJECT = Path(__file__).resolve().parents[2]
CHATSERV = [PROJECT / "node_modules/.bin/node", PROJECT / "src/cli/bin.ts"]
ENVIRONMENT = {**os.environ, "NODE_COMPILE_CACHE": str(PROJECT / "node_modules/.cache/chatserv")}

# No limit that a test of the protocol could meet, and nothing that IRC clients do not use.
PLUGINS = {
    # Without a channel that everyone is in, of which the tests know nothing.
    "irc": {"name": "My.Little.Server", "network": "ExampleNet", "motd": ["Welcome to the test."], "everyone": ""},
    "guests": {"rooms": "create", "mark": False, "maxGuests": 1000, "perNetwork": 1000},
    "password": {"minLength": 1, "memory": 8192, "passes": 1},
    "sqlite": {"file": "chat.db"},
    "rooms": {"maxCreated": 1000},
    "connections": False,
    "login-rate": False,
    "lockout": False,
    "single-session": False,
    "timeouts": {"idle": 10},
    **dict.fromkeys(("admin", "control", "exports", "health", "http", "page", "websocket"), False),
}
# Its clients stay until the server is gone.
LIMITS = {"linesPerSecond": 0, "bytesPerSecond": 0, "passwordAttempts": 20, "closeTime": 50}

# What chatserv does otherwise by design, with the tests that expect something else: docs/irc.md explains each.
OTHERWISE = {
    "addresses for e-mail": ("account_registration.py::RegisterEmailVerified",),
    "an operator of a channel who also has a voice": ("multi_prefix.py::MultiPrefixTestCase::testMultiPrefix",),
    "a login after the connection is registered": (
        "monitor.py::AuthenticatedExtendedMonitorTestCase::",
        # It expects the 907 under a nick that is not the account's name.
        "sasl.py::SaslTestCase::testPlainReAuthenticate",
    ),
    "a nick that is not the account's name": (
        "whois.py::ServicesWhoisTestCase::testWhoisNumerics",
        "whois.py::ServicesWhoisTestCase::testWhoisAccount",
        "who.py::WhoServicesTestCase::testWhoxAccount",
    ),
}


class ChatservController(BaseServerController, DirectoryBasedController):
    software_name = "chatserv"
    supported_sasl_mechanisms = {"PLAIN"}
    supports_sts = False
    extban_mute_char = "m"
    sync_sleep_time = float(os.getenv("SYNC_SLEEP_TIME", "0"))
    # A start takes half a second.
    _port_wait_interval = 0.02

    capabilities = frozenset(Capabilities) - {Capabilities.STS}
    optional_behaviors = frozenset(OptionalBehaviors) - {
        # CTCP other than ACTION reaches clients of IRC only, and no room has a setting about it.
        OptionalBehaviors.NO_CTCP,
        OptionalBehaviors.NON_UTF8_MESSAGE,
        OptionalBehaviors.SASL_AFTER_REGISTRATION,
        OptionalBehaviors.SASL_REAUTHENTICATION,
    }
    isupport = {
        "BOT": "B",
        "CASEMAPPING": patma.ANYSTR,
        "ELIST": "CMNTU",
        "EXCEPTS": "e",
        "INVEX": "I",
        "MONITOR": patma.ANYSTR,
        "MSGREFTYPES": "msgid,timestamp",
        "NETWORK": "ExampleNet",
        "PREFIX": "(ov)@+",
        "STATUSMSG": "@",
        "TARGMAX": patma.ANYSTR,
        "UTF8ONLY": None,
        "WHOX": None,
    }

    _store: Optional[Path] = None
    """A store in which the operator is registered; every server begins with a copy of it."""

    def run(
        self,
        hostname: str,
        port: int,
        *,
        password: Optional[str],
        ssl: bool,
        run_services: bool,
        faketime: Optional[str],
        websocket_hostname: Optional[str],
        websocket_port: Optional[int],
    ) -> None:
        skip_otherwise()
        self.port = port
        self.create_config()
        assert self.directory
        plugins = dict(PLUGINS)
        listener = {"host": "127.0.0.1", "port": port, "codec": "irc"}
        if ssl:
            self.gen_ssl()
            files = {"certificate": str(self.pem_path), "key": str(self.key_path)}
            plugins.update(tcp=False, tls={**listener, **files})
        else:
            plugins["tcp"] = listener
        if websocket_port is not None:
            plugins["http"] = {"host": "127.0.0.1", "port": websocket_port, "hosts": ["*"]}
            plugins["websocket"] = {"path": "/"}
        if "RegisterBeforeConnectDisallowed" in os.environ["PYTEST_CURRENT_TEST"]:
            # Wherever clients can register, they can do so before the login.
            plugins["registration"] = False
        if faketime:
            # Their minutes pass in seconds.
            plugins["timeouts"] = False
        self._write_config(self.directory, plugins)
        shutil.copy(self._prepared_store() / "chat.db", self.directory)
        if password is not None:
            # PASS is the password of the account: these tests connect as foo, and nobody without a password.
            plugins["guests"] = False
            self._write_config(self.directory, plugins)
            self._register("foo", password)
        command = [*CHATSERV, "--config", self.directory / "config.json"]
        if faketime and shutil.which("faketime"):
            command = ["faketime", "-f", faketime, *command]
            self.faketime_enabled = True
        self.proc = self.execute(command, env=ENVIRONMENT)

    def wait_for_services(self) -> None:
        """They are part of the server."""

    def registerUser(self, case, username: str, password: Optional[str] = None) -> None:
        assert password
        self._register(username, password)

    def _register(self, name: str, password: str) -> None:
        assert self.directory
        self._import_user(self.directory, name, password)

    @classmethod
    def _prepared_store(cls) -> Path:
        if cls._store is None:
            cls._store = Path(tempfile.mkdtemp())
            atexit.register(shutil.rmtree, cls._store)
            cls._write_config(cls._store, PLUGINS)
            cls._import_user(cls._store, "operuser", "operpassword")
            cls._chatserv(cls._store, "user", "role", "operuser", "admin")
        return cls._store

    @staticmethod
    def _write_config(directory: Path, plugins: dict) -> None:
        (directory / "config.json").write_text(json.dumps({"plugins": plugins, "limits": LIMITS}))

    @classmethod
    def _import_user(cls, directory: Path, name: str, password: str) -> None:
        """Unlike a registration, an import accepts the common passwords of the tests."""
        users = directory / "users.csv"
        users.write_text(f"{name},{hashlib.sha1(password.encode()).hexdigest()}\n")
        cls._chatserv(directory, "user", "import", users)

    @staticmethod
    def _chatserv(directory: Path, *args: object) -> None:
        command = [*CHATSERV, *args, "--config", directory / "config.json"]
        subprocess.run(command, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)


def skip_otherwise() -> None:
    """Skips the test that is about to run if chatserv does otherwise."""
    test = os.environ["PYTEST_CURRENT_TEST"]
    for reason, tests in OTHERWISE.items():
        if any(name in test for name in tests):
            raise NotImplementedByController(reason)


def get_irctest_controller_class() -> Type[ChatservController]:
    return ChatservController
