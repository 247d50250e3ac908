// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICourt} from "../interfaces/ICourt.sol";

/// @title What terms must satisfy before anybody is asked to sign them
library SoundTerms {
    uint256 internal constant MAX_PANEL = 7;
    uint8 internal constant MAX_PERCENT = 100;
    /// @dev As many as may miss their window before the default applies.
    uint32 internal constant ARBITRATORS = 3;
    uint32 internal constant MAX_WINDOW = 30 days;
    /// @dev Between the last window and the expiry, so that whoever closes a job is not late by a block.
    uint32 internal constant MARGIN = 10 minutes;
    uint32 internal constant DISPUTE_MARGIN = 1 hours;

    /// @return tail The seconds that validation and disputes take at most.
    function check(ICourt.Terms memory terms, uint256 jobId) internal view returns (uint32 tail) {
        ICourt.Rules memory rules = terms.rules;
        (address client, address provider) = (terms.client, terms.provider);
        require(provider != address(0) && provider != client, ICourt.PartiesNotDistinct(jobId));
        bool sameAgent = terms.hasProviderAgent && terms.hasClientAgent && terms.providerAgentId == terms.clientAgentId;
        require(!sameAgent, ICourt.PartiesNotDistinct(jobId));
        require(terms.hasClientAgent || terms.clientAgentId == 0, ICourt.UnexpectedAgentId(terms.clientAgentId));

        _requirePanel(jobId, rules.validators, rules.requiredPasses);
        _requireOutsiders(terms, jobId, rules.validators);
        _requirePercent(rules.threshold);
        _requirePercent(rules.silencePercent);
        _requireWindow(rules.validationWindow, 60);
        tail = rules.validationWindow + (rules.disputeWindow == 0 ? _noDispute(rules, jobId) : _dispute(terms, jobId));
        uint48 latest = terms.expiredAt > tail ? terms.expiredAt - tail : 0;
        bool submittable = terms.submitBy > block.timestamp && terms.submitBy <= latest;
        require(submittable, ICourt.InvalidSubmitBy(terms.submitBy, latest));
    }

    /// @dev What has no meaning must be zero, so that nobody signs a rule that will not apply.
    function _noDispute(ICourt.Rules memory rules, uint256 jobId) private pure returns (uint32) {
        bool empty = rules.revalidators.length == 0 && rules.requiredRepasses == 0;
        require(empty, ICourt.InvalidPanel(jobId, rules.revalidators.length, rules.requiredRepasses));
        require(rules.bondBps == 0, ICourt.InvalidBond(rules.bondBps));
        require(rules.evidenceWindow == 0, ICourt.InvalidWindow(rules.evidenceWindow));
        require(rules.rulingWindow == 0, ICourt.InvalidWindow(rules.rulingWindow));
        require(rules.defaultPercent == 0, ICourt.PercentTooHigh(rules.defaultPercent));
        return MARGIN;
    }

    function _dispute(ICourt.Terms memory terms, uint256 jobId) private pure returns (uint32 seconds_) {
        ICourt.Rules memory rules = terms.rules;
        _requireWindow(rules.disputeWindow, 10 minutes);
        _requireWindow(rules.evidenceWindow, 10 minutes);
        _requireWindow(rules.rulingWindow, 1 hours);
        require(rules.bondBps >= 100 && rules.bondBps <= 5_000, ICourt.InvalidBond(rules.bondBps));
        _requirePercent(rules.defaultPercent);
        seconds_ = rules.disputeWindow + rules.evidenceWindow + ARBITRATORS * rules.rulingWindow + DISPUTE_MARGIN;
        if (rules.revalidators.length == 0) {
            require(rules.requiredRepasses == 0, ICourt.InvalidPanel(jobId, 0, rules.requiredRepasses));
            return seconds_;
        }
        seconds_ += rules.validationWindow + rules.disputeWindow;
        _requirePanel(jobId, rules.revalidators, rules.requiredRepasses);
        _requireOutsiders(terms, jobId, rules.revalidators);
        // Whoever has judged the work once is not asked whether it judged well.
        for (uint256 i; i < rules.validators.length; i++) {
            bool judgedBefore = _contains(rules.revalidators, rules.revalidators.length, rules.validators[i]);
            require(!judgedBefore, ICourt.InvalidPanel(jobId, rules.revalidators.length, rules.requiredRepasses));
        }
    }

    function _requirePanel(uint256 jobId, address[] memory members, uint8 required) private pure {
        uint256 count = members.length;
        bool sound = count != 0 && count <= MAX_PANEL && required != 0 && required <= count;
        for (uint256 i; sound && i < count; i++) {
            sound = members[i] != address(0) && !_contains(members, i, members[i]);
        }
        require(sound, ICourt.InvalidPanel(jobId, count, required));
    }

    function _requireOutsiders(ICourt.Terms memory terms, uint256 jobId, address[] memory members) private pure {
        uint256 count = members.length;
        bool parties = _contains(members, count, terms.client) || _contains(members, count, terms.provider);
        require(!parties, ICourt.PartiesNotDistinct(jobId));
    }

    function _contains(address[] memory members, uint256 count, address account) private pure returns (bool) {
        for (uint256 i; i < count; i++) {
            if (members[i] == account) return true;
        }
        return false;
    }

    function _requirePercent(uint8 percent) private pure {
        require(percent <= MAX_PERCENT, ICourt.PercentTooHigh(percent));
    }

    function _requireWindow(uint32 window, uint32 shortest) private pure {
        require(window >= shortest && window <= MAX_WINDOW, ICourt.InvalidWindow(window));
    }
}
