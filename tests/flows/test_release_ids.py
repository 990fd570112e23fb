"""Ids stay the same for the same source and sentence, whatever the extractor learns; a schema keeps its promises."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from flows.errors import FazhiError
from flows.release import make_release
from flows.seeds import read_knowledge
from flows.writers.checksums import write_checksums
from tests.flows.test_release import FIRST, INPUTS, SECOND, release
from tests.sample_tables import write_segment
from transforms.knowledge import Knowledge
from transforms.pipeline import build_tables

SEED = Path(__file__).resolve().parents[2] / "seeds" / "reports" / "chongqing-yubei-lianglu-2023.txt"
KNOWLEDGE = read_knowledge()


def observations(text: str, knowledge: Knowledge = KNOWLEDGE) -> pl.DataFrame:
    document = {
        "url": "https://a.test/1", "canonical_url": "https://a.test/1", "retrieved_at": datetime(2026, 3, 2, tzinfo=UTC),
        "media_type": "text/plain", "payload_digest": f"sha256:{'0' * 64}", "n_bytes": len(text.encode()), "text": text,
        "page_title": None, "page_date": None, "outcome": "imported", "error": None, "source_id": None,
    }
    schema: dict[str, type[pl.DataType] | pl.DataType] = {
        "retrieved_at": pl.Datetime("us", "UTC"), "page_date": pl.Date, "page_title": pl.String, "error": pl.String,
        "source_id": pl.String,
    }
    documents = pl.DataFrame([document], schema_overrides=schema).lazy()
    return build_tables(documents, knowledge)["observations"].collect()


TEXT = SEED.read_text(encoding="utf-8")
NOW = observations(TEXT)


def changed(knowledge: Knowledge) -> list[Knowledge]:
    """Return what an older extractor knew: fewer phrases, fewer words to strip from labels, other units."""
    return [
        replace(knowledge, phrases=knowledge.phrases.gather_every(2)),
        replace(knowledge, word_lists=knowledge.word_lists.filter(~pl.col("word").is_in(["累计", "共", "其中"]))),
        replace(knowledge, units=knowledge.units.with_columns(unit_code=pl.col("unit_code") + "_old")),
    ]


@pytest.mark.parametrize("older", changed(KNOWLEDGE), ids=["phrases", "words", "units"])
def test_another_extractor_moves_no_id(older: Knowledge) -> None:
    then = observations(TEXT, older)
    differing = then.join(NOW, on="observation_id", how="inner")
    moved = 1 - differing.height / then.height
    assert moved <= 0.005
    assert differing["char_start"].equals(differing["char_start_right"])
    assert not then.drop("observation_id").equals(NOW.drop("observation_id"))


def test_a_word_mended_elsewhere_moves_no_id() -> None:
    first = TEXT.index("一、2023年")
    mended = observations(TEXT[:first] + "本报告经街道党工委会议审议通过。\n" + TEXT[first:])
    assert set(NOW["observation_id"]) <= set(mended["observation_id"])
    assert not mended["char_start"].equals(NOW["char_start"])


def test_a_schema_that_breaks_its_promise_is_refused(tmp_path: Path) -> None:
    first = release(tmp_path, one=[FIRST])
    package = json.loads((first.path / "datapackage.json").read_text(encoding="utf-8"))
    panel = next(resource for resource in package["resources"] if resource["name"] == "panel")
    panel["schema"]["fields"].append({"name": "total", "type": "number"})
    (first.path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    write_checksums(first.path)
    write_segment(tmp_path, "two", [SECOND])
    with pytest.raises(FazhiError, match=r"breaks what v2026.03.02 promised: panel.total is gone; .*new major version"):
        make_release(tmp_path, INPUTS)
