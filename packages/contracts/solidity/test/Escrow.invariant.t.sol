// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EscrowHandler} from "./support/EscrowHandler.sol";
import {Test} from "./support/Test.sol";

/// @dev Money in equals money out plus money held, for each contract and together, whoever is hostile; every job can
/// end, and then no bond and no payout is left behind.
contract EscrowInvariantTest is Test {
    EscrowHandler private handler;

    function setUp() public {
        handler = new EscrowHandler();
        targetContract(address(handler));
    }

    /// @dev Name of the interface that forge's invariant runner reads.
    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](25);
        selectors[0] = handler.createPlain.selector;
        selectors[1] = handler.createUnderTerms.selector;
        selectors[2] = handler.fundOne.selector;
        selectors[3] = handler.submitOne.selector;
        selectors[4] = handler.evaluateOne.selector;
        selectors[5] = handler.validateOne.selector;
        selectors[6] = handler.settleOne.selector;
        selectors[7] = handler.cancelOne.selector;
        selectors[8] = handler.claimOne.selector;
        selectors[9] = handler.openOne.selector;
        selectors[10] = handler.answerOne.selector;
        selectors[11] = handler.revalidateOne.selector;
        selectors[12] = handler.escalateOne.selector;
        selectors[13] = handler.assignOne.selector;
        selectors[14] = handler.ruleOne.selector;
        selectors[15] = handler.finalizeOne.selector;
        selectors[16] = handler.releaseOne.selector;
        selectors[17] = handler.withdrawOne.selector;
        selectors[18] = handler.toggleBlacklist.selector;
        selectors[19] = handler.setMood.selector;
        selectors[20] = handler.setCallback.selector;
        selectors[21] = handler.setPlatformFee.selector;
        selectors[22] = handler.pauseOrGoOn.selector;
        selectors[23] = handler.wait.selector;
        selectors[24] = handler.carryOn.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), selectors);
    }

    function invariant_EachVaultHoldsExactlyWhatItOwes() public view {
        assertEq(handler.heldBy(0), handler.owedBy(0), "kernel");
        assertEq(handler.heldBy(1), handler.owedBy(1), "court");
        assertEq(handler.heldBy(2), handler.owedBy(2), "disputes");
        assertEq(handler.heldBy(3), handler.owedBy(3), "pool");
    }

    /// @dev All money is with the vaults, the treasury and those who may have some: nobody else gains a unit.
    function invariant_NobodyElseGains() public view {
        assertEq(handler.heldByEverybody(), handler.supply(), "supply");
    }

    function invariant_EveryFundedJobStaysWithinAYearOfItsRefund() public view {
        assertTrue(handler.latestExpiry() <= block.timestamp + 365 days, "bounded");
    }

    /// @dev Books that balance because nothing happens would prove nothing.
    function test_RandomStepsDoEverything() public {
        bytes4[] memory selectors = targetSelectors()[0].selectors;
        for (uint256 i; i < 20_000; i++) {
            uint256 seed = uint256(keccak256(abi.encode(i)));
            bytes memory data = abi.encodeWithSelector(selectors[i % 25], narrow(i % 25, seed), seed >> 160 & 0xff);
            (bool ok,) = address(handler).call(data);
            assertTrue(ok, "the handler reverted");
        }
        string[18] memory steps = [
            "createPlain",
            "createUnderTerms",
            "fund",
            "submit",
            "evaluate",
            "validate",
            "settle",
            "cancel",
            "claimRefund",
            "open",
            "answer",
            "revalidate",
            "escalate",
            "assign",
            "rule",
            "finalize",
            "release",
            "withdraw"
        ];
        for (uint256 i; i < steps.length; i++) {
            assertTrue(handler.successes(steps[i]) != 0, steps[i]);
        }
        assertTrue(handler.token().callbacks() != 0, "callbacks");
        invariant_EachVaultHoldsExactlyWhatItOwes();
        invariant_NobodyElseGains();
        afterInvariant();
    }

    function afterInvariant() public {
        handler.drain();
        assertEq(handler.heldBy(0), 0, "kernel is empty");
        assertEq(handler.heldBy(1), 0, "court is empty");
        assertEq(handler.heldBy(2), 0, "disputes are empty");
        assertEq(handler.unended(), 0, "every job has ended");
        assertEq(handler.busyArbitrators(), 0, "nobody is assigned");
        assertEq(handler.heldByEverybody(), handler.supply(), "supply");
    }

    /// @dev Some steps take less than a word.
    function narrow(uint256 kind, uint256 seed) private pure returns (uint256) {
        if (kind == 21) return seed & 0xffff;
        if (kind == 22) return seed & 0xff;
        return kind == 23 ? seed & 0xffffffff : seed;
    }
}
