from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    database_url: str = "postgresql+asyncpg://shop:shop@localhost/shop"
    payments_url: str = "http://localhost:9100"
    copywriter_url: str = "http://localhost:9200"
    media_root: Path = Path("var/media")

    @property
    def sync_database_url(self) -> str:
        return self.database_url.replace("+asyncpg", "+psycopg")


settings = Settings()
