"""A table is read from its file, gets one more row, and goes back."""
import threading

import pandas as pd
from fastapi import FastAPI

PATH = "/var/lib/yields.csv"
guard = threading.Lock()
app = FastAPI()


@app.post("/yields")
def record(field: str, tons: float):
    table = pd.read_csv(PATH)  # step MB204 read
    table.loc[len(table)] = [field, tons]
    table.to_csv(PATH, index=False)  # want MB204 "yields"
    return {"total": float(table["tons"].sum())}


@app.post("/v2/fields")
def record_alone(field: str, tons: float):
    with guard:
        table = pd.read_csv("/var/lib/fields.csv")
        table.loc[len(table)] = [field, tons]
        table.to_csv("/var/lib/fields.csv", index=False)


@app.get("/yields/sheet")
def sheet():
    pd.read_csv(PATH).to_excel("/srv/public/yields.xlsx")
