# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tests of those pains that no preflight rule holds, or not alone: number of the pain, tests below tests/.

What a rule holds is tested by the rows of unit/seeds/preflight_cases.py with the rule's id.
"""

from __future__ import annotations

CLOCKS = "unit/seeds/test_clocks_warn_in_time.py"
STATUS = "unit/seeds/test_status_tells_the_next_step.py"
PREP = "powershell/test_disk_prep.py"
LANDED = "unit/drives/test_what_landed_is_judged.py"
SAMPLES = "unit/drives/test_public_samples_are_read.py"
MANIFEST = "unit/drives/test_manifest_is_checked_against_the_plan.py"
KEYS = "unit/drives/test_recovery_passwords_are_kept.py"
NAMES = "unit/drives/test_names_are_those_that_all_take.py"
EVIDENCE = "unit/seeds/test_the_end_of_the_chain_is_proven.py"

PAIN_TESTS = {
    3: (f"{CLOCKS}::test_days_left_and_level",),
    4: (f"{CLOCKS}::test_a_parcel_that_was_opened_has_arrived",),
    5: ("unit/jobs/test_shipping_update.py::test_a_number_of_another_open_job_is_refused",),
    6: (f"{STATUS}::test_the_parcel_step_names_drives_address_job_deadline_and_a_carrier",),
    7: (f"{PREP}::test_a_run_returns_while_the_worker_copies_and_after_a_crash_only_the_file_in_flight_is_copied_again",),
    8: (f"{PREP}::test_a_run_returns_while_the_worker_copies_and_after_a_crash_only_the_file_in_flight_is_copied_again",),
    9: (f"{PREP}::test_a_staged_file_of_another_size_fails_its_drive_and_leaves_the_other_alone",),
    10: (f"{SAMPLES}::test_a_journal_too_big_for_the_portal_is_told",),
    14: (f"{PREP}::test_a_letter_that_automount_gave_is_taken_away_again",),
    16: ("unit/jobs/test_landing_blobs.py::test_missing_different_and_extra_blobs_are_told_apart",),
    17: (f"{LANDED}::test_a_block_blob_is_not_what_the_agent_needs", f"{MANIFEST}::test_a_block_blob_is_named_as_not_fit_for_a_seed"),
    19: (f"{MANIFEST}::test_what_is_not_as_planned_is_told",),
    20: (f"{LANDED}::test_a_renamed_container_renames_its_objects_whichever_log_comes_first",),
    21: (f"{LANDED}::test_a_blob_that_the_log_has_under_another_name_is_renamed",),
    25: (f"{PREP}::test_two_drives_are_filled_at_once_proven_locked_and_left_alone_afterwards",),
    26: (f"{PREP}::test_a_drive_whose_protection_was_switched_off_is_not_proven_until_it_is_on_again",),
    27: (f"{PREP}::test_a_drive_whose_protection_was_switched_off_is_not_proven_until_it_is_on_again",),
    30: (f"{KEYS}::test_every_wrong_digit_is_noticed_and_not_repeated",),
    31: (f"{PREP}::test_a_drive_that_is_not_empty_is_refused_and_nothing_is_touched",),
    32: (f"{NAMES}::test_session_ids_differ_by_seed_drive_and_number",),
    40: ("unit/jobs/test_vault_credentials.py::test_the_certificate_is_what_the_agent_expects",),
    44: ("unit/seeds/test_clocks_know_days_and_places.py::test_a_dpm_server_has_fifteen_days_from_its_last_online_backup",),
    46: ("stories/test_whole.py::test_rehearsals_end_complete_and_every_engine_leaves_the_same_record",),
    50: (f"{CLOCKS}::test_a_parcel_that_was_opened_has_arrived",),
    53: ("unit/jobs/test_storage_account_info.py::test_every_change_is_named_with_why_it_matters",),
    57: ("unit/jobs/test_storage_account_info.py::test_locks_are_named_with_whose_they_are",),
    58: (f"{EVIDENCE}::test_the_script_that_lies_beside_the_record_checks_every_file_of_the_evidence",),
    59: ("unit/drives/test_verification_modules.py::test_a_manifest_is_checked_against_plan_inventory_and_hash",),
}
