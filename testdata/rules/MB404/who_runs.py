"""A loom that knows which thread works at it: to ask whether it is oneself is no race, to ask whether anybody is one."""
import threading

from fastapi import FastAPI, HTTPException

app = FastAPI()
_weaver = None
_spinner = None


@app.post("/weave")
def weave_ok(row: str):
    global _weaver
    if threading.current_thread() is _weaver:
        raise HTTPException(409, "a row is woven by this thread")
    _weaver = threading.current_thread()
    return {"row": row}


@app.post("/weave/number")
def weave_number_ok(row: str):
    global _weaver
    if _weaver == threading.get_ident():
        raise HTTPException(409)
    _weaver = threading.get_ident()
    return {"row": row}


@app.post("/spin")
def spin(thread: str):
    global _spinner
    if _spinner is not None:  # step MB404 check
        raise HTTPException(409)
    _spinner = threading.get_ident()  # want MB404 "_spinner"
    return {"thread": thread}
