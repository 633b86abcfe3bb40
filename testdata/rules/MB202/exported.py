"""Libraries that write documents, images and tables to a file of a given name."""
import tempfile
from pathlib import Path

import pandas as pd
import qrcode
from docx import Document
from fastapi import FastAPI
from fastapi.responses import FileResponse
from reportlab.pdfgen.canvas import Canvas

app = FastAPI()
TEMPORARY = Path(tempfile.gettempdir())


@app.get("/a/{plot}")
def table(plot: str):
    path = TEMPORARY / f"{plot}.csv"
    pd.DataFrame([{"plot": plot}]).to_csv(path)
    return FileResponse(path)  # want MB202 "csv"


@app.get("/b/{plot}")
def code(plot: str):
    path = f"/tmp/{plot}.png"
    qrcode.make(plot).save(path)
    return FileResponse(path)  # want MB202 "png"


@app.get("/c/{plot}")
def letter(plot: str):
    path = f"/tmp/{plot}.docx"
    document = Document()
    document.add_heading(plot)
    document.save(path)
    return FileResponse(path)  # want MB202 "docx"


@app.get("/d/{plot}")
def drawing(plot: str):
    path = f"/tmp/{plot}.pdf"
    page = Canvas(path)
    page.drawString(20, 20, plot)
    page.save()
    return FileResponse(path)  # want MB202 "pdf"


@app.get("/e/{plot}")
def own_name_ok(plot: str):
    with tempfile.NamedTemporaryFile(suffix=".pdf", delete=False) as f:
        page = Canvas(f.name)
        page.drawString(20, 20, plot)
        page.save()
    return FileResponse(f.name)
