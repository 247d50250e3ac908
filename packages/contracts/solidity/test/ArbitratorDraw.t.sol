// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IArbitratorPool} from "../src/interfaces/IArbitratorPool.sol";
import {Fixture} from "./support/Fixture.sol";

/// @dev Once a dispute was escalated, nothing anybody does with seats changes whom its entropy draws.
contract ArbitratorDrawTest is Fixture {
    uint256 private constant STAKE = 100e6;
    uint48 private constant ESCALATED_AT = START + 1 days;
    bytes32 private constant ENTROPY = keccak256("entropy");

    function test_Draw_NobodyWithoutSeats() public {
        vm.warp(ESCALATED_AT);
        assertEq(draw(ENTROPY, 0), address(0), "empty pool");
    }

    function test_Draw_NobodyWhenAllAreExcluded() public {
        seatMany(3);
        vm.warp(ESCALATED_AT);
        address[] memory excluded = new address[](3);
        for (uint256 i; i < 3; i++) {
            excluded[i] = person(i);
        }
        assertEq(drawExcept(excluded), address(0), "all excluded");
        excluded[1] = address(0);
        assertEq(drawExcept(excluded), person(1), "the only one left");
    }

    function testFuzz_Draw_FindsTheOnlyEligibleOfUpTo64(bytes32 entropy, uint8 seats, uint8 eligible) public {
        uint256 count = bound(seats, 1, 64);
        uint256 rich = bound(eligible, 0, count - 1);
        for (uint256 i; i < count; i++) {
            seat(person(i), i == rich ? 10 * STAKE : STAKE);
        }
        vm.warp(ESCALATED_AT);
        address drawn = pool.draw(entropy, 0, ESCALATED_AT, 10 * STAKE, new address[](0));
        assertEq(drawn, person(rich), "drawn");
    }

    function test_Draw_LooksAtABoundedNumberOfSeats() public {
        for (uint256 i; i < 300; i++) {
            seat(person(i), STAKE);
        }
        vm.warp(ESCALATED_AT);
        uint256 before = gasleft();
        address drawn = pool.draw(ENTROPY, 0, ESCALATED_AT, 10 * STAKE, new address[](0));
        assertEq(drawn, address(0), "none is rich enough");
        assertTrue(before - gasleft() < 2_000_000, "gas");
    }

    /// @dev Behind a row of poor seats a rich one is drawn no more often than any other.
    function test_Draw_GivesEverySeatTheSameChance() public {
        for (uint256 i; i < 20; i++) {
            seat(person(i), i % 10 == 9 || i == 0 ? 10 * STAKE : STAKE);
        }
        vm.warp(ESCALATED_AT);
        uint256[3] memory hits;
        for (uint256 i; i < 900; i++) {
            address drawn = pool.draw(keccak256(abi.encode(i)), 0, ESCALATED_AT, 10 * STAKE, new address[](0));
            hits[drawn == person(0) ? 0 : drawn == person(9) ? 1 : 2]++;
        }
        // 300 each, five standard deviations of 14 to either side.
        for (uint256 i; i < 3; i++) {
            assertTrue(hits[i] > 230 && hits[i] < 370, "fair share");
        }
    }

    function testFuzz_Draw_AssignmentsDiffer(bytes32 entropy) public {
        seatMany(40);
        vm.warp(ESCALATED_AT);
        address[] memory excluded = new address[](2);
        excluded[0] = draw(entropy, 0);
        excluded[1] = pool.draw(entropy, 1, ESCALATED_AT, 0, excluded);
        address third = pool.draw(entropy, 2, ESCALATED_AT, 0, excluded);
        assertTrue(excluded[0] != excluded[1] && third != excluded[0] && third != excluded[1], "distinct");
        assertTrue(third != address(0), "found");
    }

    function testFuzz_Draw_JoiningAfterwardsChangesNothing(bytes32 entropy, uint8 joiners) public {
        seatMany(5);
        vm.warp(ESCALATED_AT);
        address drawn = draw(entropy, 0);
        // In the very second of the escalation too.
        for (uint256 i; i < bound(joiners, 1, 40); i++) {
            seat(person(100 + i), STAKE);
            vm.warp(block.timestamp + i);
        }
        assertEq(draw(entropy, 0), drawn, "same");
    }

    function testFuzz_Draw_LeavingAfterwardsChangesNothing(bytes32 entropy, uint8 leaver) public {
        seatMany(5);
        vm.warp(ESCALATED_AT);
        address drawn = draw(entropy, 0);
        address leaving = person(bound(leaver, 0, 4));
        leave(leaving);
        vm.warp(ESCALATED_AT + pool.NOTICE() - 1);
        assertEq(draw(entropy, 0), drawn, "during the notice");
        vm.expectRevert(
            abi.encodeWithSelector(IArbitratorPool.NoticeRunning.selector, leaving, ESCALATED_AT + pool.NOTICE())
        );
        vm.prank(leaving);
        pool.withdrawStake();
    }

    /// @dev When seats may change hands, nothing is drawn from them any more.
    function testFuzz_Draw_EndsBeforeSeatsCanChangeHands(bytes32 entropy, uint8 leaver) public {
        seatMany(5);
        address leaving = person(bound(leaver, 0, 4));
        vm.warp(ESCALATED_AT);
        leave(leaving);
        vm.warp(ESCALATED_AT + pool.NOTICE());
        assertEq(draw(entropy, 0), address(0), "too late");
        vm.prank(leaving);
        pool.withdrawStake();
    }

    function testFuzz_Draw_ARenamedSeatIsNotDrawn(bytes32 entropy, uint8 leaver) public {
        seatMany(5);
        address leaving = person(bound(leaver, 0, 4));
        leave(leaving);
        vm.warp(START + pool.NOTICE());
        uint48 escalatedAt = uint48(block.timestamp);
        address drawn = drawAt(entropy, escalatedAt);
        assertTrue(drawn != leaving, "on notice before");
        // The same person with another name, in the same seat, once it has seen the entropy.
        vm.prank(leaving);
        pool.withdrawStake();
        seat(person(100), STAKE);
        assertEq(pool.seatCount(), 5, "the empty seat");
        assertEq(drawAt(entropy, escalatedAt), drawn, "same");
    }

    function testFuzz_Draw_StakeAddedAfterwardsDoesNotCount(bytes32 entropy, uint8 seed) public {
        for (uint256 i; i < 5; i++) {
            seat(person(i), i < 2 ? 10 * STAKE : STAKE);
        }
        vm.warp(ESCALATED_AT);
        address drawn = pool.draw(entropy, 0, ESCALATED_AT, 10 * STAKE, new address[](0));
        assertTrue(drawn != address(0), "one of the rich");
        addStake(person(bound(seed, 2, 4)), 10 * STAKE);
        vm.warp(ESCALATED_AT + 1 days);
        assertEq(pool.draw(entropy, 0, ESCALATED_AT, 10 * STAKE, new address[](0)), drawn, "same");
    }

    function testFuzz_Draw_TakingBackANoticeAfterwardsDoesNotCount(bytes32 entropy) public {
        seatMany(3);
        leave(person(0));
        vm.warp(ESCALATED_AT);
        address drawn = draw(entropy, 0);
        vm.prank(person(0));
        pool.cancelLeave();
        vm.warp(ESCALATED_AT + 1 days);
        assertEq(draw(entropy, 0), drawn, "same");
        assertTrue(drawn != person(0), "was leaving");
    }

    /// @dev No clock runs, so whoever joins during a pause has the time of its beginning.
    function test_Draw_JoiningDuringAPauseDoesNotCount() public {
        seatMany(1);
        vm.warp(ESCALATED_AT);
        pauseKernel();
        vm.warp(ESCALATED_AT + 3 days);
        for (uint256 i = 1; i < 60; i++) {
            seat(person(i), STAKE);
        }
        assertEq(draw(ENTROPY, 0), person(0), "the one who sat there");
    }

    function test_Draw_BelowTheStakeUntilToppedUp() public {
        seatMany(1);
        vm.prank(address(disputes));
        pool.begin(person(0));
        vm.prank(address(disputes));
        pool.slash(person(0));
        vm.warp(ESCALATED_AT);
        assertEq(draw(ENTROPY, 0), address(0), "90 of 100");
        addStake(person(0), 10e6);
        vm.warp(ESCALATED_AT + 1);
        assertEq(drawAt(ENTROPY, ESCALATED_AT + 1), person(0), "topped up");
    }

    function test_Draw_SlashedAfterwardsIsSkipped() public {
        seatMany(2);
        vm.warp(ESCALATED_AT);
        address drawn = draw(ENTROPY, 0);
        vm.prank(address(disputes));
        pool.begin(drawn);
        vm.prank(address(disputes));
        pool.slash(drawn);
        address other = drawn == person(0) ? person(1) : person(0);
        assertEq(draw(ENTROPY, 0), other, "the other");
    }

    function test_Draw_NothingBeforeAnEscalation() public {
        seatMany(2);
        assertEq(drawAt(ENTROPY, 0), address(0), "never escalated");
    }

    function seatMany(uint256 count) private {
        for (uint256 i; i < count; i++) {
            seat(person(i), STAKE);
        }
    }

    function seat(address account, uint256 stake) private {
        usdc.mint(account, stake);
        vm.prank(account);
        usdc.approve(address(pool), type(uint256).max);
        vm.prank(account);
        pool.join(stake);
    }

    function leave(address account) private {
        vm.prank(account);
        pool.requestLeave();
    }

    function addStake(address account, uint256 amount) private {
        usdc.mint(account, amount);
        vm.prank(account);
        pool.addStake(amount);
    }

    function draw(bytes32 entropy, uint8 assignment) private view returns (address) {
        return pool.draw(entropy, assignment, ESCALATED_AT, 0, new address[](0));
    }

    function drawAt(bytes32 entropy, uint48 escalatedAt) private view returns (address) {
        return pool.draw(entropy, 0, escalatedAt, 0, new address[](0));
    }

    function drawExcept(address[] memory excluded) private view returns (address) {
        return pool.draw(ENTROPY, 0, ESCALATED_AT, 0, excluded);
    }

    function person(uint256 index) private pure returns (address) {
        return address(uint160(0x5EA7000 + index));
    }
}
