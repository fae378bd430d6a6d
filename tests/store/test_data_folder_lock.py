from __future__ import annotations

import pytest

from queries.errors import StoreRefusal
from queries.store.data_folder_lock import alone, at_work


@pytest.mark.parametrize("come", [at_work, alone])
def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path, come):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "deep"):
        with pytest.raises(StoreRefusal) as refusal, come(folder):
            pass
        assert refusal.value.code == "folder_closed"
    (tmp_path / "taken" / "register.lock").mkdir(parents=True)
    with pytest.raises(StoreRefusal) as refusal, come(tmp_path / "taken"):
        pass
    assert refusal.value.code == "folder_closed"


def test_what_fails_inside_is_not_the_folders(tmp_path):
    with pytest.raises(FileNotFoundError), at_work(tmp_path):
        (tmp_path / "nothing").read_text()
    with alone(tmp_path):
        assert (tmp_path / "register.lock").exists()
