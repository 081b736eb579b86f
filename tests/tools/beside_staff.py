"""Whether a message of staff in a large board holds anyone up. python3 beside_staff.py FAMN HOMES

Fills a SQLite database with the demo and so many homes (a member and a placed child each), serves it, and times one home
that opens its errands, alone and while one of the staff sends one message after another: before each of these all names of
the board are looked through. The client runs on the same machine."""

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time

FAMN, HOMES = os.path.abspath(sys.argv[1]), int(sys.argv[2])
SECONDS = 8


def started(command, env, cwd):
    process = subprocess.Popen([FAMN, *command], env=env, cwd=cwd, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if line.startswith("listening on http://"):
            return process, line.strip().removeprefix("listening on http://")
    sys.exit("it does not listen")


def ended(process):
    process.send_signal(signal.SIGTERM)
    process.wait()


def fill(folder, env):
    ended(started(["demo", "--listen", "127.0.0.1:0", "--data", folder], env, folder)[0])
    files = os.path.join(folder, "import")
    os.mkdir(files)

    def write(name, head, line):
        with open(os.path.join(files, name), "w", encoding="utf-8") as out:
            out.write(head + "\n" + "".join(line(n) + "\n" for n in range(HOMES)))

    unit = "Familjehemsgruppen"
    write("homes.csv", "home;unit", lambda n: f"Ekelund{n}a;{unit}")
    write("members.csv", "home;email;name", lambda n: f"Ekelund{n}a;m{n}@example.org;Kim{n}a Ekelund{n}a")
    write("service_users.csv", "user;first_name;last_name", lambda n: f"{n};Alex{n}b;Sundin{n}b")
    write(
        "assignments.csv",
        "label;user;home;unit;from;caseworker",
        lambda n: f"M-{n};{n};Ekelund{n}a;{unit};2026-01-01;maria.lind@example.org",
    )
    subprocess.run([FAMN, "import", files, "--board", "borlange"], env=env, cwd=folder, check=True, stdout=subprocess.DEVNULL)


class Person:
    def __init__(self, address, who):
        self.line = http.client.HTTPConnection(address)
        self.token = ""
        body = {"board": "borlange", "email": f"{who}@example.org", "password": "famn-demo-granskog-2026"}
        self.token = self.call("POST", "/sessions", body)["access_token"]

    def call(self, method, path, body=None):
        head = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        data = None
        if body is not None:
            head["Content-Type"] = "application/json"
            data = json.dumps(body)
        self.line.request(method, "/api/v1" + path, data, head)
        answer = self.line.getresponse()
        text = answer.read()
        if answer.status not in (200, 201):
            sys.exit(f"{method} {path}: {answer.status} {text[:300]}")
        return json.loads(text)


def timed(what, call, until):
    took = []
    while time.monotonic() < until:
        begun = time.monotonic()
        call(len(took))
        took.append(time.monotonic() - begun)
    took.sort()
    at = lambda share: took[int((len(took) - 1) * share)] * 1000
    print(f"{what:<36} {len(took) / SECONDS:>8.1f} /s   p50 {at(0.5):.1f}  p95 {at(0.95):.1f}  p99 {at(0.99):.1f} ms", flush=True)


def main():
    with tempfile.TemporaryDirectory() as folder:
        env = dict(
            os.environ,
            FAMN_SERVER__LISTEN="127.0.0.1:0",
            FAMN_SERVER__PUBLIC_URL="http://127.0.0.1",
            FAMN_DATA__FOLDER=folder,
            FAMN_DATABASE__URL=f"sqlite:{folder}/famn.db",
            FAMN_KEYS__ROOT_FILE=f"{folder}/root.key",
            FAMN_AUDIT__ORIGIN="famn.demo/audit",
            FAMN_MAIL__FROM="Famn <famn@famn.demo>",
            FAMN_LOG__LEVEL="error",
        )
        fill(folder, env)
        process, address = started(["serve"], env, folder)
        home, staff = Person(address, "anna.berg"), Person(address, "maria.lind")
        assignment = home.call("GET", "/assignments")["items"][0]["id"]
        new = {"kind": "message", "assignment_id": assignment, "body": "Skolan har hört av sig om ett möte."}
        errands = [home.call("POST", "/errands", new)["id"] for _ in range(50)]
        text = {"body": "Tack, jag ringer skolan om onsdag och hör av mig när tiden är bokad."}
        opens = lambda n: home.call("GET", f"/errands/{errands[n % 50]}")
        sends = lambda n: staff.call("POST", f"/errands/{errands[n % 50]}/messages", text)
        print(f"{HOMES} homes")
        timed("a home opens an errand", opens, time.monotonic() + SECONDS)
        timed("staff sends a message", sends, time.monotonic() + SECONDS)
        errands[:] = [home.call("POST", "/errands", new)["id"] for _ in range(50)]
        until = time.monotonic() + SECONDS
        beside = threading.Thread(target=timed, args=("staff sends, beside it", sends, until))
        beside.start()
        timed("a home opens, while staff sends", opens, until)
        beside.join()
        ended(process)


main()
