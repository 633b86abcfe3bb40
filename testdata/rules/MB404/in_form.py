"""What lies in a place is brought into a form: whoever does it again leaves it as it is. What is cut off or counted up is another matter."""
from pathlib import Path

import uvicorn
from fastapi import FastAPI

app = FastAPI()


class Settings:
    def __init__(self):
        self._root: Path | None = None
        self._name = ""
        self._line = "a b c"
        self._seq = 0

    @property
    def root(self) -> Path:
        if self._root:
            root = Path(self._root).expanduser().absolute()
        else:
            root = Path.cwd().expanduser().absolute()
        self._root = root
        return root.resolve()

    @property
    def name(self) -> str:
        self._name = self._name.strip().lower()
        return self._name

    def word(self) -> str:
        line = self._line.strip()
        self._line = line[2:]  # want MB404 "_line"
        return line[:1]

    def next(self) -> int:
        self._seq = int(self._seq) + 1  # want MB404 "_seq"
        return self._seq


settings = Settings()


@app.get("/root")
def get_root():
    return str(settings.root)


@app.get("/name")
def get_name():
    return settings.name


@app.get("/word")
def get_word():
    return settings.word()


@app.get("/next")
def get_next():
    return settings.next()


if __name__ == "__main__":
    uvicorn.run(app, workers=1)
