from redis import Redis
from rq import Queue

from rows import Film, sessions

queue = Queue(connection=Redis(host="jobs.example"))


def develop(film_id: int) -> None:
    with sessions() as db:
        film = db.get(Film, film_id)
        if film is None:
            return
        print(film.title)
