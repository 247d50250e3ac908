// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Fixture} from "./support/Fixture.sol";

/// @dev Forge deploys contracts of any size; a chain does not (EIP-170).
contract CodeSizeTest is Fixture {
    uint256 private constant MAX_CODE_SIZE = 24_576;

    function test_EveryContractFitsIntoAChain() public view {
        assertFits(address(kernel), "kernel");
        assertFits(address(court), "court");
        assertFits(address(disputes), "disputes");
        assertFits(address(pool), "pool");
        assertFits(address(treasury), "treasury");
        assertFits(address(templates), "templates");
    }

    function assertFits(address deployed, string memory what) private view {
        assertTrue(deployed.code.length <= MAX_CODE_SIZE, what);
    }
}
