"""Names of temporary files: guessed, shared, and neither."""
import os
import subprocess
import tempfile
import uuid

from fastapi import FastAPI
from fastapi.responses import Response

app = FastAPI()


@app.post("/reports/{user}")
def report(user: str):
    path = os.path.join(tempfile.gettempdir(), f"report_{user}.html")
    with open(path, "w") as out:  # want MB202 "report"
        out.write("<h1>Report</h1>")
    return Response(subprocess.run(["html2pdf", path], capture_output=True).stdout)


@app.post("/charts")
def chart():
    path = tempfile.mktemp(suffix=".svg")
    with open(path, "w") as out:  # want MB202 "mktemp|path"
        out.write("<svg/>")
    return Response(subprocess.run(["rsvg", path], capture_output=True).stdout)


@app.post("/v2/reports")
def report_named():
    with tempfile.NamedTemporaryFile("w", suffix=".html") as out:
        out.write("<h1>Report</h1>")
        out.flush()
        return Response(subprocess.run(["html2pdf", out.name], capture_output=True).stdout)


@app.post("/v3/reports")
def report_random():
    path = f"/tmp/report-{uuid.uuid4().hex}.html"
    with open(path, "x") as out:
        out.write("<h1>Report</h1>")
    return Response(subprocess.run(["html2pdf", path], capture_output=True).stdout)
