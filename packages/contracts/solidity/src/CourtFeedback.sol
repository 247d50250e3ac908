// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICourt} from "./interfaces/ICourt.sol";
import {IReputationRegistry} from "./interfaces/IERC8004.sol";

/// @title Feedback about both sides of a settled job, in an ERC-8004 reputation registry
/// @dev Whatever the registry does, the settlement stands; but nobody can settle with too little gas on purpose to lose
/// an unwelcome entry.
abstract contract CourtFeedback is ICourt {
    /// @notice Gas the reputation registry may use; the published one needs about a third for a first entry.
    uint256 public constant FEEDBACK_GAS = 500_000;

    IReputationRegistry public immutable reputationRegistry;

    constructor(address reputationRegistry_) {
        reputationRegistry = IReputationRegistry(reputationRegistry_);
    }

    /// @param score Of the provider's work, 0 to 100.
    /// @param clientScore 100 but for a client that lost a dispute.
    struct Verdict {
        uint8 score;
        uint8 clientScore;
        uint8 percent;
        bytes32 reason;
        string uri;
    }

    function _writeFeedback(uint256 jobId, Terms calldata terms, Verdict memory verdict) internal {
        if (terms.hasProviderAgent) _write(jobId, terms.providerAgentId, true, verdict);
        if (terms.hasClientAgent) _write(jobId, terms.clientAgentId, false, verdict);
    }

    function _write(uint256 jobId, uint256 agentId, bool aboutProvider, Verdict memory verdict) private {
        int128 value = int128(uint128(aboutProvider ? verdict.score : verdict.clientScore));
        bool written;
        if (address(reputationRegistry).code.length != 0) {
            // EIP-150 passes on at most 63/64 of what is left; the rest covers the encoding of the call.
            require(gasleft() >= (FEEDBACK_GAS * 64) / 63 + 50_000, InsufficientGasForFeedback());
            try reputationRegistry.giveFeedback{gas: FEEDBACK_GAS}(
                agentId,
                value,
                0,
                aboutProvider ? "bonafide.job" : "bonafide.client",
                _outcome(verdict.percent),
                "",
                verdict.uri,
                verdict.reason
            ) {
                written = true;
            } catch {}
        }
        emit FeedbackWritten(jobId, agentId, aboutProvider, value, written);
    }

    function _outcome(uint8 percent) private pure returns (string memory) {
        if (percent == 0) return "rejected";
        return percent == 100 ? "completed" : "split";
    }
}
