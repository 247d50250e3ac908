// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAgenticCommerce} from "../src/interfaces/IAgenticCommerce.sol";
import {ICourt} from "../src/interfaces/ICourt.sol";
import {IDisputes} from "../src/interfaces/IDisputes.sol";
import {IPayouts} from "../src/interfaces/IPayouts.sol";
import {TestUSDC} from "../src/TestUSDC.sol";
import {DisputeFixture} from "./support/DisputeFixture.sol";

/// @dev A token that calls the receiver's accomplice, as ERC-777 would.
contract CallingUSDC is TestUSDC {
    address private _target;
    bytes private _data;
    bool public succeeded;

    function arm(address target, bytes calldata data) external {
        (_target, _data) = (target, data);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (_target == address(0)) return;
        (bool ok,) = _target.call(_data);
        if (ok) succeeded = true;
    }
}

/// @dev Where the bonds go, to the last unit.
contract DisputeBondsTest is DisputeFixture {
    struct Balances {
        uint256 ofClient;
        uint256 ofProvider;
        uint256 ofJudge;
        uint256 ofTreasury;
    }

    /// @dev The judge gets half of what is lost; what is left is divided like the budget.
    function test_Answered_LoserPays() public {
        (uint256 jobId, address arbitrator) = answeredAndAssigned();
        Balances memory before = balances(arbitrator);
        rule(jobId, arbitrator, 100);
        assertPaid(before, arbitrator, Balances(0, BUDGET + 2 * BOND - BOND / 2, BOND / 2, 0));

        (jobId, arbitrator) = answeredAndAssigned();
        before = balances(arbitrator);
        rule(jobId, arbitrator, 0);
        assertPaid(before, arbitrator, Balances(BUDGET + 2 * BOND - BOND / 2, 0, BOND / 2, 0));
    }

    function test_Answered_BothPayForAMiddle() public {
        (uint256 jobId, address arbitrator) = answeredAndAssigned();
        Balances memory before = balances(arbitrator);
        rule(jobId, arbitrator, 50);
        uint256 each = BUDGET / 2 + BOND - BOND / 4;
        assertPaid(before, arbitrator, Balances(each, each, BOND / 2, 0));
    }

    function testFuzz_Answered_NothingIsLostOrMade(uint8 percent_, uint96 budget_, uint16 bps) public {
        uint8 percent = uint8(bound(percent_, 0, 100));
        (uint256 jobId, uint256 bond) = jobOf(bound(budget_, 1, 900e6), uint16(bound(bps, 100, 5_000)));
        open(jobId, provider);
        answer(jobId, client);
        address arbitrator = assign(jobId);
        assertEq(usdc.balanceOf(address(disputes)), 2 * bond, "both bonds");
        uint256 before = usdc.balanceOf(arbitrator);
        rule(jobId, arbitrator, percent);
        assertEq(usdc.balanceOf(address(disputes)), 0, "all paid out");
        assertEq(usdc.balanceOf(arbitrator) - before, bond / 2, "the judge");
        assertEq(usdc.balanceOf(address(treasury)), 0, "nothing for the treasury");
    }

    /// @dev Losing against somebody who is offline costs the whole bond all the same.
    function test_Unanswered_AFrivolousDisputeCostsTheBond() public {
        (uint256 jobId, address arbitrator) = assigned();
        Balances memory before = balances(arbitrator);
        vm.expectEmit(address(disputes));
        emit IDisputes.BondForfeited(jobId, BOND / 2);
        rule(jobId, arbitrator, 0);
        assertPaid(before, arbitrator, Balances(BUDGET, 0, BOND / 2, BOND / 2));
    }

    /// @dev Nobody offline loses more than the ruling says.
    function test_Unanswered_TheWinnerPaysTheJudgeWhenTheFundIsEmpty() public {
        (uint256 jobId, address arbitrator) = assigned();
        Balances memory before = balances(arbitrator);
        rule(jobId, arbitrator, 100);
        assertPaid(before, arbitrator, Balances(0, BUDGET + BOND / 2, BOND / 2, 0));
    }

    function test_Unanswered_TheFundPaysWhatTheSilentSideWould() public {
        uint256 jobId = jobWithFee(1_000);
        usdc.mint(address(treasury), 100e6);
        open(jobId, provider);
        address arbitrator = assign(jobId);
        Balances memory before = balances(arbitrator);
        rule(jobId, arbitrator, 100);
        // 10 % of the budget goes to the platform, which is more than the judge gets.
        assertPaid(before, arbitrator, Balances(0, BUDGET - 10e6 + BOND, BOND / 2, 10e6 - BOND / 2));
    }

    function test_Unanswered_TheFundPaysNoMoreThanThePlatformEarns() public {
        uint256 jobId = jobWithFee(100);
        usdc.mint(address(treasury), 100e6);
        open(jobId, provider);
        address arbitrator = assign(jobId);
        Balances memory before = balances(arbitrator);
        rule(jobId, arbitrator, 100);
        assertPaid(before, arbitrator, Balances(0, BUDGET - 1e6 + BOND / 2 + 1e6, BOND / 2, 0));
    }

    function testFuzz_Unanswered_NothingIsLostOrMade(uint8 percent_, uint96 budget_, uint16 bps, uint16 feeBps) public {
        uint8 percent = uint8(bound(percent_, 0, 100));
        vm.prank(admin);
        kernel.setPlatformFee(uint16(bound(feeBps, 0, 1_000)), address(treasury));
        usdc.mint(address(treasury), 50e6);
        (uint256 jobId, uint256 bond) = jobOf(bound(budget_, 1, 900e6), uint16(bound(bps, 100, 5_000)));
        open(jobId, provider);
        address arbitrator = assign(jobId);
        uint256 before = usdc.balanceOf(arbitrator);
        uint256 total = totalOf(arbitrator);
        rule(jobId, arbitrator, percent);
        assertEq(usdc.balanceOf(address(disputes)), 0, "all paid out");
        assertEq(usdc.balanceOf(arbitrator) - before, bond / 2, "the judge");
        assertEq(totalOf(arbitrator), total, "nothing lost or made");
        assertTrue(usdc.balanceOf(address(treasury)) >= 50e6, "the fund never pays more than the job brought");
    }

    function test_Revalidators_AQuarterAmongThoseWhoVoted() public {
        uint256 jobId = openedWithTier();
        answer(jobId, client);
        revalidate(jobId, 0, 100);
        revalidate(jobId, 2, 100);
        Balances memory before = balances(revalidators[0]);
        warpToDeadline(jobId);
        finalize(jobId);
        assertPaid(before, revalidators[0], Balances(0, BUDGET + 2 * BOND - BOND / 4, BOND / 8, 0));
        assertEq(usdc.balanceOf(revalidators[1]), 0, "did not vote");
        assertEq(usdc.balanceOf(revalidators[2]), BOND / 8, "voted");
    }

    function test_Revalidators_ARestThatCannotBeDividedStaysWithTheParties() public {
        uint256 jobId = openedWithTier();
        revalidate(jobId, 0, 100);
        revalidate(jobId, 1, 0);
        revalidate(jobId, 2, 0);
        warpToDeadline(jobId);
        Balances memory before = balances(revalidators[0]);
        finalize(jobId);
        uint256 each = BOND / 4 / 3;
        assertPaid(before, revalidators[0], Balances(BUDGET, 0, each, BOND - 3 * each));
        assertEnded(jobId);
    }

    /// @dev The parties choose them, so the fund would be theirs to empty.
    function test_Revalidators_AreNotPaidByTheFund() public {
        vm.prank(admin);
        kernel.setPlatformFee(1_000, address(treasury));
        usdc.mint(address(treasury), 100e6);
        uint256 jobId = openedWithTier();
        revalidate(jobId, 0, 100);
        revalidate(jobId, 1, 100);
        warpToDeadline(jobId);
        Balances memory before = balances(revalidators[0]);
        finalize(jobId);
        assertPaid(before, revalidators[0], Balances(0, BUDGET - 10e6 + BOND - BOND / 4, BOND / 8, 10e6));
    }

    function test_Blacklisted_ArbitratorBlocksNothing() public {
        (uint256 jobId, address arbitrator) = answeredAndAssigned();
        usdc.blacklist(arbitrator);
        rule(jobId, arbitrator, 100);
        assertDeferred(arbitrator, BOND / 2);
    }

    function test_Blacklisted_OpenerBlocksNothing() public {
        (uint256 jobId, address arbitrator) = answeredAndAssigned();
        usdc.blacklist(provider);
        rule(jobId, arbitrator, 100);
        assertDeferred(provider, 2 * BOND - BOND / 2);
        assertEq(kernel.withdrawable(provider), BUDGET, "the budget waits in the kernel");
    }

    function test_Blacklisted_RespondentBlocksNothing() public {
        (uint256 jobId, address arbitrator) = answeredAndAssigned();
        usdc.blacklist(client);
        rule(jobId, arbitrator, 0);
        assertDeferred(client, 2 * BOND - BOND / 2);
    }

    function test_Blacklisted_RevalidatorBlocksNothing() public {
        uint256 jobId = openedWithTier();
        revalidate(jobId, 0, 100);
        revalidate(jobId, 1, 100);
        usdc.blacklist(revalidators[1]);
        warpToDeadline(jobId);
        finalize(jobId);
        assertDeferred(revalidators[1], BOND / 8);
    }

    function test_Blacklisted_PartiesBlockNoDefaultAndNoRelease() public {
        uint256 jobId = openedByProvider();
        answer(jobId, client);
        usdc.blacklist(client);
        usdc.blacklist(provider);
        vm.roll(block.number + 257);
        warpToDeadline(jobId);
        finalize(jobId);
        assertEq(disputes.withdrawable(client), BOND, "client");
        assertDeferred(provider, BOND);
    }

    function test_Blacklisted_TreasuryBlocksNothing() public {
        (uint256 jobId, address arbitrator) = assigned();
        usdc.blacklist(address(treasury));
        rule(jobId, arbitrator, 50);
        assertStage(jobId, IDisputes.Stage.Closed);
    }

    /// @dev Whatever a payee is called back for, no money moves twice.
    function test_Reentrancy_NothingCanBeCalledFromAPayout() public {
        CallingUSDC token = new CallingUSDC();
        deployWith(token, address(identity), address(reputation));
        prepareDisputes();
        bytes4[3] memory steps =
            [IDisputes.finalize.selector, IDisputes.assignArbitrator.selector, IDisputes.escalate.selector];
        for (uint256 i; i <= steps.length; i++) {
            (uint256 jobId, address arbitrator) = answeredAndAssigned();
            bytes memory release = abi.encodeCall(disputes.releaseBonds, (jobId));
            token.arm(address(disputes), i < steps.length ? callOf(steps[i], jobId) : release);
            rule(jobId, arbitrator, 60);
            token.arm(address(0), "");
            assertTrue(!token.succeeded(), "called back");
            assertEnded(jobId);
        }
    }

    function jobOf(uint256 budget, uint16 bps) private returns (uint256 jobId, uint256 bond) {
        bond = disputes.bondOf(budget, bps);
        usdc.mint(client, budget);
        ICourt.Proposal memory offer = proposal();
        offer.rules.bondBps = bps;
        IAgenticCommerce.NewJob memory job = newCourtJob(offer.rules);
        job.budget = budget;
        jobId = courtJob(job, offer);
        accept(jobId);
        vm.prank(client);
        kernel.fund(jobId, budget, "");
        submit(jobId);
        validate(jobId, 0);
    }

    function jobWithFee(uint16 feeBps) private returns (uint256) {
        vm.prank(admin);
        kernel.setPlatformFee(feeBps, address(treasury));
        return failedJob(proposal());
    }

    function balances(address judge) private view returns (Balances memory) {
        return Balances(
            usdc.balanceOf(client), usdc.balanceOf(provider), usdc.balanceOf(judge), usdc.balanceOf(address(treasury))
        );
    }

    function totalOf(address judge) private view returns (uint256 total) {
        Balances memory of_ = balances(judge);
        total = of_.ofClient + of_.ofProvider + of_.ofJudge + of_.ofTreasury;
        total += usdc.balanceOf(address(disputes)) + usdc.balanceOf(address(kernel));
        total += usdc.balanceOf(validator) + usdc.balanceOf(address(court));
    }

    function assertPaid(Balances memory before, address judge, Balances memory paid) private view {
        assertEq(usdc.balanceOf(client), before.ofClient + paid.ofClient, "client");
        assertEq(usdc.balanceOf(provider), before.ofProvider + paid.ofProvider, "provider");
        assertEq(usdc.balanceOf(judge), before.ofJudge + paid.ofJudge, "judge");
        assertEq(usdc.balanceOf(address(treasury)), before.ofTreasury + paid.ofTreasury, "treasury");
        assertEq(usdc.balanceOf(address(disputes)), 0, "nothing left");
    }

    /// @dev Waits, and can be withdrawn once, during a pause too.
    function assertDeferred(address account, uint256 amount) private {
        assertEq(disputes.withdrawable(account), amount, "waits");
        usdc.unBlacklist(account);
        pauseKernel();
        uint256 before = usdc.balanceOf(account);
        vm.prank(account);
        disputes.withdraw();
        assertEq(usdc.balanceOf(account) - before, amount, "withdrawn");
        vm.expectRevert(abi.encodeWithSelector(IPayouts.NothingToWithdraw.selector, account));
        vm.prank(account);
        disputes.withdraw();
    }
}
