from app.db import Panel, get_db
from app.main import app
from fastapi.testclient import TestClient


def override():
    yield None


app.dependency_overrides[get_db] = override
client = TestClient(app)


def test_adds(session):
    panel = session.get(Panel, 1)
    panel.watt_hours = panel.watt_hours + 1
    session.commit()
    assert client.get("/panels/1").status_code == 200
