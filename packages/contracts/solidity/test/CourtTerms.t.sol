// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAgenticCommerce} from "../src/interfaces/IAgenticCommerce.sol";
import {ICourt} from "../src/interfaces/ICourt.sol";
import {Fixture} from "./support/Fixture.sol";

/// @dev Which terms can be proposed at all.
contract CourtTermsTest is Fixture {
    uint32 private constant TAIL = 6 hours + 6 hours + 6 hours + 36 hours + 1 hours;

    function test_Propose_StoresTheHashAndWhatTheDeadlinesNeed() public {
        ICourt.Proposal memory offer = proposal();
        ICourt.Terms memory terms = termsFor(1, newCourtJob(offer.rules), offer);
        uint256 jobId = courtJob(offer);
        ICourt.Agreement memory agreement = court.getAgreement(jobId);
        bytes32 digest = typedDigest("Bonafide Court", address(court), agreement.termsHash);
        assertEq(court.termsDigest(jobId), digest, "termsDigest");
        assertEq(court.digestOf(terms), digest, "digestOf");
        assertEq(agreement.submitBy, SUBMIT_BY, "submitBy");
        assertEq(agreement.validationWindow, 6 hours, "validationWindow");
        assertEq(agreement.tail, TAIL, "tail");
        assertPhase(jobId, ICourt.Phase.Proposed);
    }

    function test_Propose_EmitsTheWholeTerms() public {
        ICourt.Proposal memory offer = proposal();
        IAgenticCommerce.NewJob memory job = newCourtJob(offer.rules);
        uint256 first = courtJob(job, offer);
        bytes32 termsHash = court.getAgreement(first).termsHash;
        vm.expectEmit(address(court));
        emit ICourt.TermsProposed(first, termsHash, termsOf(first));
        vm.prank(client);
        kernel.setBudget(first, BUDGET, abi.encode(offer));
    }

    function testFuzz_Propose_HashCoversEveryField(uint8 field) public view {
        field = uint8(bound(field, 0, 27));
        ICourt.Proposal memory offer = proposal();
        ICourt.Terms memory terms = termsFor(1, newCourtJob(offer.rules), offer);
        bytes32 before = court.digestOf(terms);
        changeTerms(terms, field);
        changeRules(terms.rules, field);
        assertTrue(court.digestOf(terms) != before, "another digest");
    }

    function test_Propose_RevertsForTheProvider() public {
        uint256 jobId = courtJob();
        bytes memory optParams = abi.encode(proposal());
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotProposer.selector, jobId, provider));
        vm.prank(provider);
        kernel.setBudget(jobId, BUDGET, optParams);
    }

    function test_Propose_RevertsUnlessTheCourtIsEvaluatorAndHook() public {
        IAgenticCommerce.NewJob memory job = newCourtJob(defaultRules());
        job.evaluator = stranger;
        expectRefused(job, proposal(), abi.encodeWithSelector(ICourt.NotEvaluatorAndHook.selector, 1));
    }

    function test_Propose_RevertsWhenTwoRolesAreOnePerson() public {
        bytes memory refusal = abi.encodeWithSelector(ICourt.PartiesNotDistinct.selector, 1);
        address[2] memory parties = [client, provider];
        for (uint256 i; i < 2; i++) {
            ICourt.Rules memory rules = defaultRules();
            rules.validators = panelOf(parties[i]);
            expectRefused(rules, refusal);
            rules = tieredRules();
            (rules.revalidators, rules.requiredRepasses) = (panelOf(parties[i]), 1);
            expectRefused(rules, refusal);
            IAgenticCommerce.NewJob memory job = newCourtJob(defaultRules());
            job.provider = i == 0 ? client : address(0);
            expectRefused(job, proposal(), refusal);
        }
    }

    function test_Propose_RevertsWhenBothSidesAreOneAgent() public {
        ICourt.Proposal memory offer = proposal();
        (offer.hasClientAgent, offer.clientAgentId) = (true, registerAgent(client));
        IAgenticCommerce.NewJob memory job = newCourtJob(offer.rules);
        (job.hasAgentId, job.agentId) = (true, offer.clientAgentId);
        expectRefused(job, offer, abi.encodeWithSelector(ICourt.PartiesNotDistinct.selector, 1));
    }

    function test_Propose_RevertsForUnsoundPanels() public {
        ICourt.Rules memory rules = defaultRules();
        rules.validators = new address[](0);
        expectRefused(rules, invalidPanel(0, 1));
        rules.validators = panelOf(8, 1);
        expectRefused(rules, invalidPanel(8, 1));
        rules.validators = panelOf(2, 1);
        rules.validators[1] = rules.validators[0];
        expectRefused(rules, invalidPanel(2, 1));
        rules.validators[1] = address(0);
        expectRefused(rules, invalidPanel(2, 1));
        rules.validators = panelOf(2, 1);
        rules.requiredPasses = 0;
        expectRefused(rules, invalidPanel(2, 0));
        rules.requiredPasses = 3;
        expectRefused(rules, invalidPanel(2, 3));
    }

    function test_Propose_RevertsForUnsoundRevalidators() public {
        ICourt.Rules memory rules = tieredRules();
        rules.requiredRepasses = 0;
        expectRefused(rules, invalidPanel(3, 0));
        rules.requiredRepasses = 2;
        rules.revalidators[2] = rules.validators[0];
        expectRefused(rules, invalidPanel(3, 2));
        rules = defaultRules();
        rules.requiredRepasses = 1;
        expectRefused(rules, invalidPanel(0, 1));
    }

    function testFuzz_Propose_RevertsAbove100Percent(uint8 percent) public {
        percent = uint8(bound(percent, 101, 255));
        for (uint256 i; i < 3; i++) {
            ICourt.Rules memory rules = defaultRules();
            if (i == 0) rules.threshold = percent;
            else if (i == 1) rules.silencePercent = percent;
            else rules.defaultPercent = percent;
            expectRefused(rules, abi.encodeWithSelector(ICourt.PercentTooHigh.selector, percent));
        }
    }

    function test_Propose_RevertsForWindowsOutOfBounds() public {
        uint32[4] memory shortest = [uint32(60), 10 minutes, 10 minutes, 1 hours];
        for (uint256 i; i < 8; i++) {
            ICourt.Rules memory rules = defaultRules();
            uint32 window = i < 4 ? shortest[i] - 1 : 30 days + 1;
            if (i % 4 == 0) rules.validationWindow = window;
            else if (i % 4 == 1) rules.disputeWindow = window;
            else if (i % 4 == 2) rules.evidenceWindow = window;
            else rules.rulingWindow = window;
            expectRefused(rules, abi.encodeWithSelector(ICourt.InvalidWindow.selector, window));
        }
    }

    function test_Propose_RevertsForBondsOutOfBounds() public {
        uint16[2] memory bonds = [uint16(99), 5_001];
        for (uint256 i; i < 2; i++) {
            ICourt.Rules memory rules = defaultRules();
            rules.bondBps = bonds[i];
            expectRefused(rules, abi.encodeWithSelector(ICourt.InvalidBond.selector, bonds[i]));
        }
    }

    function test_Propose_RevertsForDisputeRulesThatWouldNotApply() public {
        ICourt.Rules memory rules = rulesWithoutDisputes();
        rules.revalidators = panelOf(1, 9);
        expectRefused(rules, invalidPanel(1, 0));
        rules = rulesWithoutDisputes();
        rules.requiredRepasses = 1;
        expectRefused(rules, invalidPanel(0, 1));
        rules = rulesWithoutDisputes();
        rules.bondBps = 100;
        expectRefused(rules, abi.encodeWithSelector(ICourt.InvalidBond.selector, 100));
        rules = rulesWithoutDisputes();
        rules.evidenceWindow = 1;
        expectRefused(rules, abi.encodeWithSelector(ICourt.InvalidWindow.selector, 1));
        rules = rulesWithoutDisputes();
        rules.rulingWindow = 2;
        expectRefused(rules, abi.encodeWithSelector(ICourt.InvalidWindow.selector, 2));
        rules = rulesWithoutDisputes();
        rules.defaultPercent = 50;
        expectRefused(rules, abi.encodeWithSelector(ICourt.PercentTooHigh.selector, 50));
    }

    function test_Propose_RevertsUnlessEverythingFitsBeforeTheExpiry() public {
        ICourt.Rules[3] memory rules = [rulesWithoutDisputes(), defaultRules(), tieredRules()];
        uint48[3] memory tails = [uint48(6 hours + 10 minutes), TAIL, TAIL + 12 hours];
        for (uint256 i; i < 3; i++) {
            uint48 latest = EXPIRED_AT - tails[i];
            ICourt.Proposal memory offer = proposal(rules[i]);
            offer.submitBy = latest + 1;
            expectRefused(
                newCourtJob(rules[i]),
                offer,
                abi.encodeWithSelector(ICourt.InvalidSubmitBy.selector, latest + 1, latest)
            );
            offer.submitBy = latest;
            assertEq(court.getAgreement(courtJob(offer)).tail, tails[i], "tail");
        }
    }

    function test_Propose_RevertsWhenThereIsNoTimeToDeliver() public {
        ICourt.Proposal memory offer = proposal();
        offer.submitBy = START;
        IAgenticCommerce.NewJob memory job = newCourtJob(offer.rules);
        uint48 latest = EXPIRED_AT - TAIL;
        expectRefused(job, offer, abi.encodeWithSelector(ICourt.InvalidSubmitBy.selector, START, latest));
    }

    function testFuzz_Propose_RevertsUnlessTheFeePaysEveryValidator(uint96 fee, uint8 size) public {
        ICourt.Rules memory rules = defaultRules();
        rules.validators = panelOf(bound(size, 1, 7), 1);
        IAgenticCommerce.NewJob memory job = newCourtJob(rules);
        uint256 expected = job.evaluatorFee;
        vm.assume(fee != expected);
        job.evaluatorFee = fee;
        expectRefused(
            job, proposal(rules), abi.encodeWithSelector(ICourt.InvalidEvaluatorFee.selector, 1, fee, expected)
        );
    }

    function test_Propose_RevertsWithAClientAgentThatIsNotTheClients() public {
        ICourt.Proposal memory offer = proposal();
        offer.clientAgentId = 5;
        IAgenticCommerce.NewJob memory job = newCourtJob(offer.rules);
        expectRefused(job, offer, abi.encodeWithSelector(ICourt.UnexpectedAgentId.selector, 5));
        (offer.hasClientAgent, offer.clientAgentId) = (true, registerAgent(stranger));
        bytes memory refusal =
            abi.encodeWithSelector(ICourt.NotAgentOwnerOrWallet.selector, offer.clientAgentId, client);
        expectRefused(job, offer, refusal);
        setAgentWallet(offer.clientAgentId, stranger, CLIENT_KEY);
        courtJob(job, offer);
    }

    function test_Propose_FromATemplateMustRepeatItsRules() public {
        uint32 templateId = templates.create("t", "", defaultRules(), 0);
        IAgenticCommerce.NewJob memory job = newCourtJob(defaultRules());
        job.templateId = templateId;
        uint256 jobId = courtJob(job, proposal());
        ICourt.Proposal memory other = proposal();
        other.rules.threshold = 71;
        bytes memory mismatch = abi.encodeWithSelector(ICourt.TemplateMismatch.selector, templateId);
        expectRefused(job, other, mismatch);
        templates.setActive(templateId, false);
        bytes memory optParams = abi.encode(proposal());
        vm.expectRevert(mismatch);
        vm.prank(client);
        kernel.setBudget(jobId, BUDGET, optParams);
    }

    function test_Propose_AMilestoneFollowsAJobOfTheSameParties() public {
        uint256 previous = courtJob();
        ICourt.Proposal memory offer = proposal();
        offer.previousJobId = previous;
        IAgenticCommerce.NewJob memory job = newCourtJob(offer.rules);
        courtJob(job, offer);
        job.provider = stranger;
        expectRefused(job, offer, abi.encodeWithSelector(ICourt.InvalidMilestone.selector, 3, previous));
        job.provider = provider;
        offer.previousJobId = 3;
        expectRefused(job, offer, abi.encodeWithSelector(ICourt.InvalidMilestone.selector, 3, 3));
        vm.prank(stranger);
        uint256 foreign = kernel.createJobWithBudget(newPlainJob(), "");
        offer.previousJobId = foreign;
        expectRefused(job, offer, abi.encodeWithSelector(ICourt.InvalidMilestone.selector, 4, foreign));
    }

    function tieredRules() private view returns (ICourt.Rules memory rules) {
        rules = defaultRules();
        (rules.revalidators, rules.requiredRepasses) = (panelOf(3, 0x5E), 2);
    }

    function invalidPanel(uint256 members, uint8 required) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ICourt.InvalidPanel.selector, 1, members, required);
    }

    function expectRefused(ICourt.Rules memory rules, bytes memory refusal) private {
        expectRefused(newCourtJob(rules), proposal(rules), refusal);
    }

    function changeTerms(ICourt.Terms memory terms, uint8 field) private pure {
        if (field == 0) terms.jobId++;
        else if (field == 1) terms.salt++;
        else if (field == 2) terms.client = address(1);
        else if (field == 3) terms.provider = address(1);
        else if (field == 4) terms.budget++;
        else if (field == 5) terms.submitBy++;
        else if (field == 6) terms.expiredAt++;
        else if (field == 7) terms.specHash = 0;
        else if (field == 8) terms.previousJobId++;
        else if (field == 9) terms.templateId++;
        else if (field == 10) terms.hasProviderAgent = true;
        else if (field == 11) terms.providerAgentId++;
        else if (field == 12) terms.hasClientAgent = true;
        else if (field == 13) terms.clientAgentId++;
    }

    function changeRules(ICourt.Rules memory rules, uint8 field) private pure {
        if (field == 14) rules.validators[0] = address(1);
        else if (field == 15) rules.validators = new address[](0);
        else if (field == 16) rules.requiredPasses++;
        else if (field == 17) rules.threshold++;
        else if (field == 18) rules.validatorFee++;
        else if (field == 19) rules.validationWindow++;
        else if (field == 20) rules.silencePercent++;
        else if (field == 21) rules.disputeWindow++;
        else if (field == 22) rules.revalidators = new address[](1);
        else if (field == 23) rules.requiredRepasses++;
        else if (field == 24) rules.bondBps++;
        else if (field == 25) rules.evidenceWindow++;
        else if (field == 26) rules.rulingWindow++;
        else if (field == 27) rules.defaultPercent++;
    }
}
