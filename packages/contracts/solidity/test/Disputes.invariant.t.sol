// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DisputeHandler} from "./support/DisputeHandler.sol";
import {Test} from "./support/Test.sol";

contract DisputesInvariantTest is Test {
    DisputeHandler private handler;

    function setUp() public {
        handler = new DisputeHandler();
        targetContract(address(handler));
    }

    /// @dev Name of the interface that forge's invariant runner reads.
    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](14);
        selectors[0] = handler.begin.selector;
        selectors[1] = handler.answerOne.selector;
        selectors[2] = handler.revalidateOne.selector;
        selectors[3] = handler.escalateOne.selector;
        selectors[4] = handler.assignOne.selector;
        selectors[5] = handler.ruleOne.selector;
        selectors[6] = handler.finalizeOne.selector;
        selectors[7] = handler.endOtherwise.selector;
        selectors[8] = handler.takeSeat.selector;
        selectors[9] = handler.giveNotice.selector;
        selectors[10] = handler.toggleBlacklist.selector;
        selectors[11] = handler.withdrawOne.selector;
        selectors[12] = handler.pause.selector;
        selectors[13] = handler.wait.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), selectors);
    }

    /// @dev The handler is no use if its steps are all refused.
    function test_RandomStepsDoEverything() public {
        for (uint256 i; i < 3_000; i++) {
            uint256 seed = uint256(keccak256(abi.encode(i)));
            stepOf(seed >> 8, seed % 16);
        }
        string[9] memory steps =
            ["open", "answer", "revalidate", "escalate", "assign", "rule", "finalize", "release", "withdraw"];
        for (uint256 i; i < steps.length; i++) {
            assertTrue(handler.successes(steps[i]) != 0, steps[i]);
        }
        invariant_EverythingIsAccountedFor();
        afterInvariant();
    }

    function afterInvariant() public {
        handler.drain();
        assertEq(handler.bondsHeld(), 0, "bonds");
        assertEq(handler.stakesHeld(), 0, "stakes");
    }

    function invariant_EverythingIsAccountedFor() public view {
        assertEq(handler.bondsHeld(), handler.bondsOwed(), "bonds");
        assertEq(handler.stakesHeld(), handler.stakesOwed(), "stakes");
        assertEq(uint256(handler.assignmentsOffBy()), 0, "arbitrators are held by running disputes only");
        assertTrue(handler.treasuryCovered(), "the treasury has what it booked");
    }

    function stepOf(uint256 seed, uint256 kind) private {
        if (kind == 0) handler.begin(uint8(seed), uint96(seed), uint16(seed));
        else if (kind == 1) handler.answerOne(seed);
        else if (kind < 5) handler.revalidateOne(seed, uint8(seed >> 64));
        else if (kind == 5) handler.escalateOne(seed);
        else if (kind == 6) handler.assignOne(seed);
        else if (kind == 7) handler.ruleOne(seed, uint8(seed >> 64));
        else if (kind == 8) handler.finalizeOne(seed);
        else if (kind == 9) handler.endOtherwise(seed);
        else if (kind == 10) handler.takeSeat(uint8(seed));
        else if (kind == 11) handler.giveNotice(uint8(seed));
        else if (kind == 12) handler.toggleBlacklist(seed);
        else if (kind == 13) handler.withdrawOne(seed);
        else handler.wait(uint32(seed));
    }
}
