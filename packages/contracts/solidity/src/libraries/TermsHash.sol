// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICourt} from "../interfaces/ICourt.sol";

/// @title EIP-712 struct hashes of terms and rules
/// @dev Assembly, because `abi.encode` of 15 values is too deep for the stack. A memory struct is its EIP-712 encoding
/// but for the type hash in front and the hashes in place of pointers.
library TermsHash {
    bytes32 internal constant RULES_TYPEHASH = keccak256(
        "Rules(address[] validators,uint8 requiredPasses,uint8 threshold,uint96 validatorFee,uint32 validationWindow,uint8 silencePercent,uint32 disputeWindow,address[] revalidators,uint8 requiredRepasses,uint16 bondBps,uint32 evidenceWindow,uint32 rulingWindow,uint8 defaultPercent)"
    );
    bytes32 internal constant TERMS_TYPEHASH = keccak256(
        "Terms(uint256 jobId,uint256 salt,address client,address provider,uint256 budget,uint48 submitBy,uint48 expiredAt,bytes32 specHash,uint256 previousJobId,uint32 templateId,bool hasProviderAgent,uint256 providerAgentId,bool hasClientAgent,uint256 clientAgentId,Rules rules)Rules(address[] validators,uint8 requiredPasses,uint8 threshold,uint96 validatorFee,uint32 validationWindow,uint8 silencePercent,uint32 disputeWindow,address[] revalidators,uint8 requiredRepasses,uint16 bondBps,uint32 evidenceWindow,uint32 rulingWindow,uint8 defaultPercent)"
    );

    function ofTerms(ICourt.Terms memory terms) internal pure returns (bytes32 result) {
        bytes32 typeHash = TERMS_TYPEHASH;
        bytes32 rulesHash = ofRules(terms.rules);
        assembly ("memory-safe") {
            let encoded := mload(0x40)
            mstore(encoded, typeHash)
            mcopy(add(encoded, 0x20), terms, 0x1c0)
            mstore(add(encoded, 0x1e0), rulesHash)
            result := keccak256(encoded, 0x200)
        }
    }

    function ofRules(ICourt.Rules memory rules) internal pure returns (bytes32 result) {
        bytes32 typeHash = RULES_TYPEHASH;
        bytes32 validators = _ofArray(rules.validators);
        bytes32 revalidators = _ofArray(rules.revalidators);
        assembly ("memory-safe") {
            let encoded := mload(0x40)
            mstore(encoded, typeHash)
            mcopy(add(encoded, 0x20), rules, 0x1a0)
            mstore(add(encoded, 0x20), validators)
            mstore(add(encoded, 0x100), revalidators)
            result := keccak256(encoded, 0x1c0)
        }
    }

    function _ofArray(address[] memory accounts) private pure returns (bytes32 result) {
        assembly ("memory-safe") {
            result := keccak256(add(accounts, 0x20), shl(5, mload(accounts)))
        }
    }
}
