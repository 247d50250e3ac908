// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAgenticCommerce} from "../src/interfaces/IAgenticCommerce.sol";
import {ICourt} from "../src/interfaces/ICourt.sol";
import {Fixture} from "./support/Fixture.sol";

/// @dev A reputation registry that refuses, or burns all gas it is given.
contract HostileReputation {
    bool private immutable BURNS;

    constructor(bool burns) {
        BURNS = burns;
    }

    fallback() external {
        while (BURNS) {}
        revert("no");
    }
}

/// @dev A registry that needs most of the gas it may use.
contract HungryReputation {
    uint256 public entries;

    fallback() external {
        uint256 start = gasleft();
        while (start - gasleft() < 400_000) {}
        entries++;
    }
}

/// @dev What is written about both sides, and that writing it never decides about the money.
contract CourtFeedbackTest is Fixture {
    uint256 private agentId;
    uint256 private clientAgentId;

    function setUp() public override {
        super.setUp();
        agentId = registerAgent(provider);
        clientAgentId = registerAgent(client);
    }

    function test_Feedback_OfAPassIsTheAverageScore() public {
        ICourt.Rules memory rules = defaultRules();
        (rules.validators, rules.requiredPasses) = (panelOf(3, 1), 2);
        uint256 jobId = submitted(rules);
        validateAs(vm.addr(1), jobId, 70);
        validateAs(vm.addr(2), jobId, 20);
        vm.expectEmit(address(court));
        emit ICourt.FeedbackWritten(jobId, agentId, true, 63, true);
        vm.expectEmit(address(court));
        emit ICourt.FeedbackWritten(jobId, clientAgentId, false, 100, true);
        validateAs(vm.addr(3), jobId, 100);
        assertFeedback(agentId, 63, "bonafide.job", "completed");
        assertFeedback(clientAgentId, 100, "bonafide.client", "completed");
    }

    function test_Feedback_OfAFailIsTheAverageScore() public {
        uint256 jobId = submitted(defaultRules());
        validate(jobId, 12);
        assertEq(reputation.getLastIndex(agentId, address(court)), 0, "not before the dispute window is over");
        vm.warp(START + 6 hours);
        settle(jobId);
        assertFeedback(agentId, 12, "bonafide.job", "rejected");
        assertFeedback(clientAgentId, 100, "bonafide.client", "rejected");
    }

    function test_Feedback_LeavesEvidenceAndItsHash() public {
        uint256 jobId = submitted(rulesWithoutDisputes());
        vm.expectEmit(address(reputation));
        emit NewFeedback(
            agentId, address(court), 1, 5, 0, "bonafide.job", "bonafide.job", "rejected", "", EVIDENCE_URI, EVIDENCE
        );
        validate(jobId, 5);
    }

    function testFuzz_Feedback_OfARulingIsItsShare(uint8 percent) public {
        percent = uint8(bound(percent, 0, 100));
        uint256 jobId = submitted(defaultRules());
        validate(jobId, 0);
        endDispute(jobId, percent, ICourt.Resolution.Arbitration);
        string memory outcome = percent == 0 ? "rejected" : percent == 100 ? "completed" : "split";
        assertFeedback(agentId, int128(uint128(percent)), "bonafide.job", outcome);
        assertFeedback(clientAgentId, int128(uint128(100 - percent)), "bonafide.client", outcome);
    }

    function test_Feedback_BlamesTheClientOnlyWhenItLoses() public {
        uint256 jobId = submitted(defaultRules());
        vm.warp(START + 6 hours);
        // Silence would have given the provider half; re-validation gave it nothing.
        endDispute(jobId, 0, ICourt.Resolution.Revalidation);
        assertFeedback(agentId, 0, "bonafide.job", "rejected");
        assertFeedback(clientAgentId, 100, "bonafide.client", "rejected");
    }

    function test_Feedback_IsNoneWhenNobodyJudged() public {
        uint256 silent = submitted(defaultRules());
        vm.warp(START + 12 hours);
        settle(silent);
        vm.warp(START);
        uint256 undecided = submitted(defaultRules());
        validate(undecided, 0);
        endDispute(undecided, 50, ICourt.Resolution.Default);
        uint256 expired = submitted(defaultRules());
        vm.warp(EXPIRED_AT);
        kernel.claimRefund(expired);
        assertEq(reputation.getLastIndex(agentId, address(court)), 0, "provider");
        assertEq(reputation.getLastIndex(clientAgentId, address(court)), 0, "client");
    }

    function test_Feedback_IsNoneWithoutAnAgent() public {
        validate(submittedJob(), 88);
        assertEq(reputation.getLastIndex(agentId, address(court)), 0, "provider");
        assertEq(reputation.getLastIndex(clientAgentId, address(court)), 0, "client");
    }

    function test_Settle_SucceedsWhenTheRegistryRefuses() public {
        uint256 jobId = submitted(defaultRules());
        // The provider makes the court its operator, so the registry refuses its feedback.
        vm.prank(provider);
        identity.setApprovalForAll(address(court), true);
        expectSettledWithoutFeedback(jobId);
        assertFeedback(clientAgentId, 100, "bonafide.client", "completed");
    }

    function test_Settle_SucceedsWhenTheRegistryReverts() public {
        uint256 jobId = submitted(defaultRules());
        vm.etch(address(reputation), address(new HostileReputation(false)).code);
        expectSettledWithoutFeedback(jobId);
    }

    function test_Settle_SucceedsWhenTheRegistryBurnsGas() public {
        uint256 jobId = submitted(defaultRules());
        vm.etch(address(reputation), address(new HostileReputation(true)).code);
        uint256 start = gasleft();
        expectSettledWithoutFeedback(jobId);
        assertTrue(start - gasleft() < 2 * court.FEEDBACK_GAS() + 400_000, "the burn is bounded");
    }

    function test_Settle_SucceedsWhenTheRegistryIsAbsent() public {
        uint256 jobId = submitted(defaultRules());
        vm.etch(address(reputation), "");
        expectSettledWithoutFeedback(jobId);
    }

    /// @dev Whoever settles cannot lose an unwelcome entry by sending too little gas: both are written or all reverts.
    function testFuzz_Settle_CannotBeStarvedOfTheGasForFeedback(uint256 gas) public {
        HungryReputation hungry = new HungryReputation();
        vm.etch(address(reputation), address(hungry).code);
        uint256 jobId = submitted(defaultRules());
        validate(jobId, 0);
        vm.warp(START + 6 hours);
        bytes memory data = abi.encodeCall(court.settle, (jobId, termsOf(jobId)));
        gas = bound(gas, 100_000, 2_000_000);
        uint256 before = HungryReputation(address(reputation)).entries();
        vm.prank(provider);
        (bool ok,) = address(court).call{gas: gas}(data);
        assertEq(HungryReputation(address(reputation)).entries() - before, ok ? 2 : 0, "entries");
    }

    function test_Feedback_WithTheLongestURIFitsItsGas() public {
        uint256 jobId = submitted(defaultRules());
        ICourt.Terms memory terms = termsOf(jobId);
        string memory uri = string(new bytes(court.MAX_URI_BYTES()));
        vm.prank(validator);
        court.validate(jobId, terms, 90, EVIDENCE, uri);
        assertEq(reputation.getLastIndex(agentId, address(court)), 1, "entries");
    }

    function submitted(ICourt.Rules memory rules) private returns (uint256 jobId) {
        ICourt.Proposal memory offer = proposal(rules);
        (offer.hasClientAgent, offer.clientAgentId) = (true, clientAgentId);
        IAgenticCommerce.NewJob memory job = newCourtJob(rules);
        (job.hasAgentId, job.agentId) = (true, agentId);
        jobId = courtJob(job, offer);
        accept(jobId);
        fund(jobId);
        submit(jobId);
    }

    function endDispute(uint256 jobId, uint8 percent, ICourt.Resolution resolution) private {
        ICourt.Terms memory terms = termsOf(jobId);
        vm.prank(address(disputes));
        court.beginDispute(jobId, terms, true);
        vm.prank(address(disputes));
        court.endDispute(jobId, terms, percent, resolution, EVIDENCE);
    }

    function expectSettledWithoutFeedback(uint256 jobId) private {
        vm.expectEmit(address(court));
        emit ICourt.FeedbackWritten(jobId, agentId, true, 90, false);
        validate(jobId, 90);
        assertBalances(CLIENT_FUNDS - BUDGET - VALIDATOR_FEE, BUDGET);
    }

    function assertFeedback(uint256 about, int128 expected, string memory expectedTag1, string memory expectedTag2)
        private
        view
    {
        (int128 value, uint8 decimals, string memory tag1, string memory tag2, bool isRevoked) =
            reputation.readFeedback(about, address(court), 1);
        assertTrue(value == expected && decimals == 0 && !isRevoked, "value");
        assertEq(bytes(tag1), bytes(expectedTag1), "tag1");
        assertEq(bytes(tag2), bytes(expectedTag2), "tag2");
    }

    event NewFeedback(
        uint256 indexed agentId,
        address indexed clientAddress,
        uint64 feedbackIndex,
        int128 value,
        uint8 valueDecimals,
        string indexed indexedTag1,
        string tag1,
        string tag2,
        string endpoint,
        string feedbackURI,
        bytes32 feedbackHash
    );
}
