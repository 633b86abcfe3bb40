"""The question is in one helper and the write in another; the folder is shared by all users."""
import shutil
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI, HTTPException, UploadFile


class Shelf:
    def __init__(self, root: str = "/srv/shelf") -> None:
        self.root = Path(root)

    def has(self, name: str) -> bool:
        return (self.root / name).exists()  # step MB201 read

    def put(self, name: str, file: UploadFile) -> None:
        with (self.root / name).open("wb") as out:  # want MB201 "name|shelf|root"
            shutil.copyfileobj(file.file, out)

    def put_new(self, name: str, file: UploadFile) -> bool:
        try:
            with (self.root / name).open("xb") as out:
                shutil.copyfileobj(file.file, out)
        except FileExistsError:
            return False
        return True

    def make_room(self, team: str) -> None:
        (self.root / team).mkdir(parents=True, exist_ok=True)


def get_shelf() -> Shelf:
    return Shelf()


router = APIRouter()


@router.post("/shelf/{name}")
def add(name: str, file: UploadFile, shelf: Shelf = Depends(get_shelf)):
    if shelf.has(name):  # step MB201 check
        raise HTTPException(409)
    shelf.put(name, file)


@router.post("/v2/shelf/{name}")
def add_new(name: str, file: UploadFile, shelf: Shelf = Depends(get_shelf)):
    if not shelf.put_new(name, file):
        raise HTTPException(409)


@router.post("/teams/{team}/shelf")
def open_team_shelf(team: str, shelf: Shelf = Depends(get_shelf)):
    shelf.make_room(team)


app = FastAPI()
app.include_router(router)
