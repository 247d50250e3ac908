// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IUSDC} from "../interfaces/IUSDC.sol";

/// @title Payments by EIP-3009 signature or by allowance
library Payments {
    using SafeERC20 for IERC20;

    /// @param nonce Must bind the signature to what it pays for, because anyone may bring it.
    struct Authorization {
        address from;
        uint256 amount;
        uint256 validAfter;
        uint256 validBefore;
        bytes32 nonce;
    }

    /// @dev With an empty signature the allowance is used; the caller of this must then have checked that
    /// `from` is the sender, because an allowance says nothing about what it is for.
    function pull(IERC20 token, Authorization memory payment, bytes calldata signature) internal {
        if (signature.length == 0) {
            token.safeTransferFrom(payment.from, address(this), payment.amount);
            return;
        }
        IUSDC(address(token))
            .receiveWithAuthorization(
                payment.from,
                address(this),
                payment.amount,
                payment.validAfter,
                payment.validBefore,
                payment.nonce,
                signature
            );
    }
}
