"""How this server is deployed: every ``NORMSCOPE_*`` variable, with its unit and help. Built by ``cli`` only."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Frozen; handed down to every part. No other place reads the environment."""

    model_config = SettingsConfigDict(env_prefix="NORMSCOPE_", frozen=True, extra="ignore")

    data_dir: Path = Field(Path("data"), description="Folder of the database, the kernel cache and the logs.")
    database_url: str = Field("", description="SQLAlchemy URL; empty: SQLite in the data folder.")
    datasets_dir: Path = Field(Path("data/datasets"), description="Folder with one sub-folder for each data set.")
    download: bool = Field(True, description="Download data sets that are absent.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    executor: Literal["local", "inline"] = Field("local", description="Where runs are executed.")
    workers: int = Field(2, ge=1, le=256, description="Runs that may train at the same time.")
    public: bool = Field(False, description="Hosted demo: stricter limits on cost and on the number of runs.")
    cost_limit_seconds: float = Field(86_400.0, gt=0, description="Longest estimated duration of a run, in seconds.")
    public_cost_limit_seconds: float = Field(120.0, gt=0, description="The same for a hosted demo, in seconds.")
    memory_limit_bytes: int = Field(
        8_000_000_000, gt=0, description="Most memory a run may take by estimate, in bytes."
    )
    telemetry_limit_bytes: int = Field(2_000_000_000, gt=0, description="Most telemetry a run may store, in bytes.")
    public_telemetry_limit_bytes: int = Field(50_000_000, gt=0, description="The same for a hosted demo, in bytes.")
    open_runs: int = Field(1_000, ge=1, description="Runs that may be queued or live at the same time.")
    public_open_runs: int = Field(12, ge=1, description="The same for a hosted demo.")
    public_launches_per_hour: int = Field(60, ge=1, description="Runs one address may launch in an hour in a demo.")
    origins: tuple[str, ...] = Field((), description="Origins allowed besides the server's own, as JSON list.")
    viewers: int = Field(2_000, ge=1, description="Websockets that may be open at the same time.")
    viewer_buffer_bytes: int = Field(4_194_304, ge=65_536, description="Unsent bytes after which a viewer is closed.")
    rooms: int = Field(20, ge=1, le=1_000, description="Rooms of lecturers that may be open at the same time.")
    room_viewers: int = Field(500, ge=1, le=10_000, description="Pages that may be open in one room.")
    room_idle_seconds: float = Field(7_200.0, gt=0, description="A room ends when its lecturer is silent for so long.")
    resume_attempts: int = Field(
        3,
        ge=0,
        le=100,
        description="Attempts without a new checkpoint after which a run that breaks off fails; 0: none.",
    )
    lease_seconds: float = Field(5.0, gt=0, description="A worker that cannot be inspected counts as gone after this.")
    heartbeat_seconds: float = Field(0.1, gt=0, description="How often a worker renews its lease and reads commands.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")

    @property
    def url(self) -> str:
        """The database to use."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'normscope.db').absolute()}"
