// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPayouts} from "../src/interfaces/IPayouts.sol";
import {Fixture} from "./support/Fixture.sol";

/// @dev The treasury is a contract: what the token refuses to deliver to it must not be lost in the kernel.
contract RefusedFeesTest is Fixture {
    uint256 private constant FEE = BUDGET / 40;

    function setUp() public override {
        super.setUp();
        setFee(250);
        usdc.blacklist(address(treasury));
        uint256 jobId = submittedPlainJob();
        vm.prank(evaluator);
        kernel.complete(jobId, 0, "");
    }

    function test_Collect_BringsAFeeThatTheTokenRefused() public {
        assertEq(kernel.withdrawable(address(treasury)), FEE, "deferred");
        usdc.unBlacklist(address(treasury));
        vm.prank(stranger);
        treasury.collect(kernel);
        assertEq(treasury.reserve() + treasury.arbitrationFund(), FEE, "counted");
        assertEq(kernel.withdrawable(address(treasury)), 0, "nothing is left");
        assertEq(usdc.balanceOf(address(kernel)), 0, "kernel is empty");
    }

    function test_Collect_RevertsWhenNothingWaits() public {
        usdc.unBlacklist(address(treasury));
        vm.expectRevert(abi.encodeWithSelector(IPayouts.NothingToWithdraw.selector, address(treasury)));
        treasury.collect(disputes);
    }
}
